/** Stripe's objects as they travel: the SDK's own types with decimals as strings, enums closed and references as ids. */
import type Stripe from 'stripe';

type OtherString = string & Record<never, never>;

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** The SDK leaves every enum open; here a word that Stripe does not list must not pass. */
type Closed<T> = T extends unknown ? (Same<T, OtherString> extends true ? never : T) : never;

/** A field of an id or the whole object holds the id. */
type Unexpanded<T> = string extends T ? Exclude<T, object> : T;

type Field<T> = Wire<Unexpanded<Closed<T>>>;

export type Wire<T> = T extends Stripe.Decimal
  ? string
  : T extends readonly (infer Item)[]
    ? Field<Item>[]
    : T extends object
      ? { [Key in keyof T]: Field<T[Key]> }
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
