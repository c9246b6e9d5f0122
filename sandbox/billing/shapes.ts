/** Stripe's objects as they travel: the SDK's own types with decimals as strings, enums closed and references as ids. */
import type Stripe from 'stripe';

type OtherString = string & Record<never, never>;

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** The SDK leaves every enum open; here a word that Stripe does not list must not pass. */
type Closed<T> = T extends unknown ? (Same<T, OtherString> extends true ? never : T) : never;

/** Where Stripe's type says "an id or the whole object": stored objects and events hold the id, an answer may hold either. */
type Reference = 'id' | 'either';
type Referring<T, R extends Reference> = R extends 'id' ? (string extends Exclude<T, object> ? Exclude<T, object> : T) : T;

type KeysOfAny<T> = T extends object ? keyof T : never;

/** Of several hashes one and no mixture: each refuses the keys that only the others have. */
type OneOf<T, All = T> = T extends Stripe.Decimal | readonly unknown[]
  ? T
  : T extends object
    ? T & { [Key in Exclude<KeysOfAny<Exclude<All, Stripe.Decimal | readonly unknown[]>>, keyof T>]?: never }
    : T;

type Field<T, R extends Reference> = Wire<OneOf<Referring<Closed<T>, R>>, R>;

/** An object of the SDK's type `T` as JSON holds it: exactly its keys, at any depth. */
export type Wire<T, R extends Reference = 'id'> = T extends Stripe.Decimal
  ? string
  : T extends readonly (infer Item)[]
    ? Field<Item, R>[]
    : T extends object
      ? keyof T extends never
        ? Record<string, never>
        : { [Key in keyof T]: Field<T[Key], R> }
      : T;

export type Address = Wire<Stripe.Address>;
export type BalanceTransaction = Wire<Stripe.BalanceTransaction>;
export type Charge = Wire<Stripe.Charge>;
export type CheckoutSession = Wire<Stripe.Checkout.Session>;
export type Customer = Wire<Stripe.Customer>;
export type Invoice = Wire<Stripe.Invoice>;
export type InvoiceItem = Wire<Stripe.InvoiceItem>;
export type InvoiceLine = Wire<Stripe.InvoiceLineItem>;
export type InvoicePayment = Wire<Stripe.InvoicePayment>;
export type LineItem = Wire<Stripe.LineItem>;
export type PaymentIntent = Wire<Stripe.PaymentIntent>;
export type PaymentMethod = Wire<Stripe.PaymentMethod>;
export type Plan = Wire<Stripe.Plan>;
export type Price = Wire<Stripe.Price>;
export type Product = Wire<Stripe.Product>;
export type Refund = Wire<Stripe.Refund>;
export type SetupIntent = Wire<Stripe.SetupIntent>;
export type Subscription = Wire<Stripe.Subscription>;
export type SubscriptionItem = Wire<Stripe.SubscriptionItem>;
