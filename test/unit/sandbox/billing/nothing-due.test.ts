/** Invoices of which nothing is due are paid when they are finalized, whoever does it. */
import { expect, test } from 'vitest';
import { DAY_SECONDS, HOUR_SECONDS } from '../../../../sandbox/billing/calendar.ts';
import { issueInvoice } from '../../../../sandbox/billing/invoice-payment.ts';
import { draftManualInvoice } from '../../../../sandbox/billing/manual-invoices.ts';
import { attachPaymentMethod } from '../../../../sandbox/billing/payment-methods.ts';
import type { SubscriptionOrder } from '../../../../sandbox/billing/new-subscription.ts';
import { createSubscription } from '../../../../sandbox/billing/subscription-start.ts';
import { updateSubscription } from '../../../../sandbox/billing/subscriptions.ts';
import { addCustomer, addPrice, latestInvoice, openBillingWorld, START, subscriptionNow, type BillingWorld } from './billing-world.ts';

const CREDIT = -100_000;

function subscribeWithCredit(world: BillingWorld, order: Partial<SubscriptionOrder>): string {
  const customer = addCustomer(world, { balance: CREDIT });
  const default_payment_method = attachPaymentMethod(world, 'pm_card_visa', customer.id).id;
  return createSubscription(world, { customer: customer.id, items: [{ price: addPrice(world).id }], default_payment_method, ...order }).id;
}

test('an empty one that is finalized by hand', () => {
  const world = openBillingWorld();
  const draft = draftManualInvoice(world, { customer: addCustomer(world).id });
  world.told();
  expect(issueInvoice(world, draft).status).toBe('paid');
  expect(world.toldTypes()).toEqual(['invoice.finalized', 'invoice.updated', 'invoice.paid', 'invoice.payment_succeeded']);
});

test('the first one of a subscription to be confirmed, where credit covers it', () => {
  const world = openBillingWorld();
  const id = subscribeWithCredit(world, { payment_behavior: 'default_incomplete' });
  expect(subscriptionNow(world, id).status).toBe('active');
  expect(latestInvoice(world, id)).toMatchObject({ status: 'paid', amount_due: 0, ending_balance: CREDIT + 6000 });
});

test('one of a change to be confirmed, where credit covers it', () => {
  const world = openBillingWorld();
  const id = subscribeWithCredit(world, {});
  const items = [{ id: subscriptionNow(world, id).items.data[0]!.id, quantity: 2 }];
  updateSubscription(world, id, { items, payment_behavior: 'default_incomplete', proration_behavior: 'always_invoice' });
  expect(latestInvoice(world, id)).toMatchObject({ status: 'paid', amount_due: 0, total: 6000 });
});

test('one that is sent, where credit covers it: it is never late', () => {
  const world = openBillingWorld();
  const id = subscribeWithCredit(world, { collection_method: 'send_invoice', days_until_due: 3, default_payment_method: null });
  world.advanceTo(START + HOUR_SECONDS);
  expect(latestInvoice(world, id)).toMatchObject({ status: 'paid', amount_due: 0 });
  world.advanceTo(START + 5 * DAY_SECONDS);
  expect(subscriptionNow(world, id).status).toBe('active');
});
