/** What Stripe tells of a subscription beside what the cache holds of it: exactly what asking Stripe would change. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import { paymentMethodOf, type Card, type Payment } from './cards.ts';
import { invoiceAsAnswered } from './invoice-state.ts';
import type { InvoiceState } from './state.ts';

/** One thing that differs: a dotted path into Stripe's subscription, or into `invoice` or `card`; the values as JSON, null where there is none. */
export interface Difference {
  path: string;
  cached: Json;
  stripe: Json;
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** The same of a subscription's snapshots. What is left out is as good as null. */
export function snapshotDifferences(cached: Stripe.Subscription, told: Stripe.Subscription): Difference[] {
  return leaves('', asJson(cached), asJson(told));
}

/** The same of an invoice: what it says about money. */
export function invoiceDifferences(cached: InvoiceState | undefined, told: Stripe.Invoice): Difference[] {
  const after = invoiceAsAnswered(told, cached?.asOf ?? told.created, cached);
  return after === undefined ? [] : leaves(`invoice.${after.id}`, cached ? moneyOf(cached) : null, moneyOf(after));
}

/** The same of what a subscription is charged to. Nothing where Stripe does not show it, as of a deleted customer. */
export function cardDifferences(cached: Card | null | undefined, told: Stripe.Subscription, { cards, payer }: Payment): Difference[] {
  const id = payer || told.default_payment_method ? paymentMethodOf(told, payer) : undefined;
  if (id === undefined) return [];
  const card = cards.find((each) => each.id === id);
  if (id !== null && !card) return [];
  return leaves('card', cached ? faceOf(cached) : null, card ? faceOf(card) : null);
}

function moneyOf({ status, amountDue, nextAttempt, failedAt }: InvoiceState): Json {
  return { status, amount_due: amountDue, next_payment_attempt: nextAttempt, payment_failed: failedAt !== null };
}

function faceOf({ id, name, expires }: Card): Json {
  return { id, name, expires };
}

function leaves(path: string, cached: Json, stripe: Json): Difference[] {
  if (isDeepStrictEqual(cached, stripe)) return [];
  if (!isObject(cached) || !isObject(stripe) || Array.isArray(cached) !== Array.isArray(stripe)) return [{ path, cached, stripe }];
  const names = [...new Set([...Object.keys(cached), ...Object.keys(stripe)])];
  return names.flatMap((name) => leaves(path ? `${path}.${name}` : name, cached[name] ?? null, stripe[name] ?? null));
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null;
}

function asJson(object: object): Json {
  return JSON.parse(JSON.stringify(object)) as Json;
}
