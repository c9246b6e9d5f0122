/** The invoices that Stripe holds open: any of them may be missing its payment, however many later ones are paid. */
import type Stripe from 'stripe';
import { listAbout } from './answers.ts';
import { subscriptionOf } from './state.ts';
import { wholeAnsweredInvoice } from './whole.ts';

const OPEN = { status: 'open', limit: 100 } as const;
/** The SDK wants an end, and takes none above this. */
const MOST = 10_000;

/** Those of one subscription. Throws as `listAbout`. */
export function openInvoicesOf(stripe: Stripe, subscription: string): Promise<readonly Stripe.Invoice[]> {
  return listAbout(subscription, wholeAnsweredInvoice, stripe.invoices.list({ ...OPEN, subscription }).autoPagingToArray({ limit: MOST }));
}

/** All of them, as they are listed, by the subscription that they bill: a few pages, where asking for each subscription would be a call for each. Throws what the Stripe SDK throws, and the signal's reason. */
export async function allOpenInvoices(stripe: Stripe, signal?: AbortSignal): Promise<Map<string, Stripe.Invoice[]>> {
  const found = new Map<string, Stripe.Invoice[]>();
  for await (const invoice of stripe.invoices.list(OPEN)) {
    signal?.throwIfAborted();
    const subscription = subscriptionOf(invoice);
    if (subscription) found.set(subscription, [...(found.get(subscription) ?? []), invoice]);
  }
  return found;
}
