/** What is known of the payment methods that customers keep, and which of them pays. Older never overwrites newer. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import { orderInTime } from './ordering.ts';
import { idOf } from './state.ts';

/** A payment method, mostly a card. `asOf` in Stripe's seconds. */
export interface Card {
  id: string;
  /** Whose it is; null once it is detached, which is for good: https://docs.stripe.com/api/payment_methods/detach */
  customer: string | null;
  asOf: number;
  /** "Visa 4242"; of what is no card its kind, as "sepa debit". */
  name: string;
  /** The last month in which it is good, counted from 1; null for what is no card. */
  expires: { month: number; year: number } | null;
}

/** What a customer pays with unless a subscription names its own; null where there is nothing. `asOf` in Stripe's seconds. */
export interface Payer {
  customer: string;
  asOf: number;
  paymentMethod: string | null;
}

/** What an answer of Stripe's told beside a subscription. */
export interface Payment {
  cards: readonly Card[];
  payer: Payer | undefined;
}

/** A payment method as Stripe shows it. */
export function cardOf(paymentMethod: Stripe.PaymentMethod, asOf: number): Card {
  const { id, customer, type, card } = paymentMethod;
  const expires = card ? { month: card.exp_month, year: card.exp_year } : null;
  return { id, customer: customer ? idOf(customer) : null, asOf, name: cardName(paymentMethod) ?? type.replaceAll('_', ' '), expires };
}

/** "Visa 4242"; null for what is no card. */
export function cardName({ card }: Stripe.PaymentMethod): string | null {
  if (!card?.last4) return null;
  const brand = card.display_brand ?? card.brand;
  return `${brand.charAt(0).toUpperCase()}${brand.slice(1).replaceAll('_', ' ')} ${card.last4}`;
}

/** Undefined where the customer is not shown whole, as one that was deleted. */
export function payerOf(customer: Stripe.Customer | Stripe.DeletedCustomer, asOf: number): Payer | undefined {
  if (customer.deleted || !customer.invoice_settings) return undefined;
  const chosen = customer.invoice_settings.default_payment_method ?? customer.default_source;
  return { customer: customer.id, asOf, paymentMethod: chosen ? idOf(chosen) : null };
}

/** What a subscription was answered with, `default_payment_method` and `customer.invoice_settings.default_payment_method` expanded. */
export function paymentIn({ customer, default_payment_method: own }: Stripe.Subscription, asOf: number): Payment {
  const payer = typeof customer === 'string' ? undefined : payerOf(customer, asOf);
  const usual = typeof customer === 'string' || customer.deleted ? null : customer.invoice_settings?.default_payment_method;
  return { cards: [own, usual].flatMap((each) => (each && typeof each === 'object' ? [cardOf(each, asOf)] : [])), payer };
}

/** Whether an answer of Stripe's holds instead of what is known: it comes after the events of its second. */
export function holdsInstead<Shown extends Card | Payer>(answered: Shown, known: Shown | undefined): boolean {
  return orderInTime(answered, known) !== 'older';
}

/** Whether what an event told while Stripe answered is otherwise than the answer, and not known to be older. */
export function mayHoldAgainst<Shown extends Card | Payer>(answered: Shown, told: Shown): boolean {
  return told.asOf >= answered.asOf && !isDeepStrictEqual({ ...told, asOf: answered.asOf }, answered);
}

/** The id of what a subscription is charged to; null where there is nothing, undefined where that is not known. Order: https://docs.stripe.com/api/subscriptions/object */
export function paymentMethodOf(subscription: Stripe.Subscription, payer: Payer | undefined): string | null | undefined {
  const own = subscription.default_payment_method ?? subscription.default_source;
  return own ? idOf(own) : payer?.paymentMethod;
}

/** When a card is no longer good, in seconds: it is good through the last day of its month (UTC). Null for what does not expire. */
export function expiryOf({ expires }: Card): number | null {
  return expires && Date.UTC(expires.year, expires.month, 1) / 1000;
}
