/** What Stripe does by itself with an invoice that is due. */
import type { World } from '../world.ts';
import { collectInvoice } from './invoice-payment.ts';
import { finalizeInvoice, markUncollectible, stopped, subscriptionOf, voidInvoice } from './invoices.ts';
import { sendInvoice } from './invoice-sending.ts';
import type { Invoice } from './shapes.ts';

/** A subscription whose collection is paused says what becomes of its invoices. */
const WHILE_COLLECTION_IS_PAUSED = {
  keep_as_draft: (world: World, invoice: Invoice) => world.store.save(stopped(invoice)),
  void: (world: World, invoice: Invoice) => voidInvoice(world, finalizeInvoice(world, invoice, false)),
  mark_uncollectible: (world: World, invoice: Invoice) => markUncollectible(world, finalizeInvoice(world, invoice, false), 'subscription_paused'),
} as const;

/** Finalizes a draft and collects or sends it, or tries an open invoice again. */
export function advanceInvoice(world: World, invoice: Invoice): Invoice {
  const paused = subscriptionOf(world, invoice)?.pause_collection?.behavior;
  if (paused !== undefined && invoice.status === 'draft' && invoice.amount_due > 0) {
    return WHILE_COLLECTION_IS_PAUSED[paused](world, invoice);
  }
  if (invoice.collection_method === 'send_invoice' && invoice.total > 0) return sendInvoice(world, invoice);
  return collectInvoice(world, invoice, { automatic: true });
}
