/** Pending items, and the invoices that they come on. An invoice has one currency: items in another wait for one of their own. */
import { expect, test } from 'vitest';
import { addToDraft } from '../../../../sandbox/billing/invoice-edits.ts';
import { createInvoiceItem } from '../../../../sandbox/billing/invoice-items.ts';
import { previewInvoice } from '../../../../sandbox/billing/invoice-preview.ts';
import { draftManualInvoice } from '../../../../sandbox/billing/manual-invoices.ts';
import { attachPaymentMethod } from '../../../../sandbox/billing/payment-methods.ts';
import type { Invoice } from '../../../../sandbox/billing/shapes.ts';
import { createSubscription } from '../../../../sandbox/billing/subscription-start.ts';
import { cancelSubscription } from '../../../../sandbox/billing/subscriptions.ts';
import { addCustomer, addPrice, openBillingWorld, refusalOf, subscribe } from './billing-world.ts';

test('the last invoice of a subscription, and a preview, leave items in another currency out', () => {
  const world = openBillingWorld();
  const { id, customer } = subscribe(world);
  createInvoiceItem(world, { customer: customer.id, amount: 777, currency: 'eur' });
  createInvoiceItem(world, { customer: customer.id, amount: 100, currency: 'usd' });
  expect(previewInvoice(world, { subscription: id }).total).toBe(6100);
  cancelSubscription(world, id, {}, { invoice_now: true });
  expect(world.store.all<Invoice>('invoice').map(({ currency, total }) => [currency, total])).toEqual([['usd', 6000], ['usd', 100]]);
});

test('so does an invoice by hand, which refuses one that is put onto it', () => {
  const world = openBillingWorld();
  const { id: customer } = addCustomer(world);
  const item = createInvoiceItem(world, { customer, amount: 777, currency: 'eur' });
  createInvoiceItem(world, { customer, amount: 100, currency: 'usd' });
  const draft = draftManualInvoice(world, { customer, currency: 'usd', pending_invoice_items_behavior: 'include' });
  expect([draft.total, draft.lines.data.length]).toEqual([100, 1]);
  expect(refusalOf(() => addToDraft(world, draft, item))).toMatchObject({ status: 400, body: { param: 'currency' } });
});

test('what is pending is paid with the trial invoice, and told', () => {
  const world = openBillingWorld();
  const customer = addCustomer(world);
  createInvoiceItem(world, { customer: customer.id, amount: 500, currency: 'usd' });
  const default_payment_method = attachPaymentMethod(world, 'pm_card_visa', customer.id).id;
  world.told();
  createSubscription(world, { trial_period_days: 3, customer: customer.id, default_payment_method, items: [{ price: addPrice(world).id }] });
  expect(world.toldTypes()).toEqual(expect.arrayContaining(['charge.succeeded', 'payment_intent.created', 'payment_intent.succeeded', 'invoice_payment.paid']));
});
