/** Invoices that the customer is sent and pays in time: `collection_method` is `send_invoice`. */
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';
import { markPastDue } from './dunning.ts';
import { issueInvoice } from './invoice-payment.ts';
import { markDelinquent, subscriptionOf } from './invoices.ts';
import type { Invoice } from './shapes.ts';

interface SentInvoice extends Invoice {
  /** `invoice.overdue` has told of it. */
  _overdue_told?: boolean;
}

/** Finalizes a draft and sends it. Emits `invoice.sent`. Throws StripeError (400) for one that is charged, or not open. */
export function sendInvoice(world: World, invoice: Invoice): Invoice {
  if (invoice.collection_method !== 'send_invoice') {
    throw invalidRequest("You can only manually send an invoice if its collection method is 'send_invoice'.");
  }
  if (invoice.status === 'void' || invoice.status === 'uncollectible') {
    throw invalidRequest(`You cannot send an invoice that is ${invoice.status}.`);
  }
  const open = invoice.status === 'draft' ? issueInvoice(world, invoice) : invoice;
  world.emit('invoice.sent', open);
  return open;
}

/** When an unpaid invoice has been told to be late; `undefined` when it never will. */
export function overdueAt({ status, collection_method, auto_advance, due_date, _overdue_told }: SentInvoice): number | undefined {
  const isWaiting = status === 'open' && collection_method === 'send_invoice' && auto_advance === true && _overdue_told !== true;
  return isWaiting ? (due_date ?? undefined) : undefined;
}

/** Emits `invoice.overdue`, `customer.updated`, and `customer.subscription.updated` for a subscription that is late by it. */
export function markOverdue(world: World, invoice: Invoice): void {
  const overdue = world.store.save<SentInvoice>({ ...invoice, _overdue_told: true });
  world.emit('invoice.overdue', overdue);
  const subscription = subscriptionOf(world, overdue);
  if (subscription?.status === 'active') markPastDue(world, subscription);
  markDelinquent(world, overdue.customer, true);
}
