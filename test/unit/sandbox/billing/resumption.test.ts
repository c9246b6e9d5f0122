import { expect, test } from 'vitest';
import { DAY_SECONDS } from '../../../../sandbox/billing/calendar.ts';
import { setDefaultPaymentMethod } from '../../../../sandbox/billing/customers.ts';
import { markUncollectible, voidInvoice } from '../../../../sandbox/billing/invoices.ts';
import type { InvoiceItem } from '../../../../sandbox/billing/shapes.ts';
import { requestPause } from '../../../../sandbox/billing/subscription-pause.ts';
import { resumeSubscription } from '../../../../sandbox/billing/subscription-resume.ts';
import { cancelSubscription, updateSubscription } from '../../../../sandbox/billing/subscriptions.ts';
import { addPrice, GOOD_CARD, latestInvoice, openBillingWorld, START, subscribe, subscriptionNow, type BillingWorld } from './billing-world.ts';

/** Paused, nothing credited; its resumption waits for a payment. */
function awaitingPayment(): { world: BillingWorld; id: string } {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  requestPause(world, subscriptionNow(world, id), 'none');
  resumeSubscription(world, id, {});
  return { world, id };
}

test('a void resumption leaves it paused, and it can be resumed again', () => {
  const { world, id } = awaitingPayment();
  const first = latestInvoice(world, id);
  voidInvoice(world, first);
  expect(subscriptionNow(world, id).status).toBe('paused');
  expect(resumeSubscription(world, id, {}).latest_invoice).not.toBe(first.id);
});

test('a resumption that is written off revives it, but not once it is cancelled', () => {
  const { world, id } = awaitingPayment();
  markUncollectible(world, latestInvoice(world, id));
  expect(subscriptionNow(world, id).status).toBe('active');

  const ended = awaitingPayment();
  cancelSubscription(ended.world, ended.id);
  markUncollectible(ended.world, latestInvoice(ended.world, ended.id));
  expect(subscriptionNow(ended.world, ended.id).status).toBe('canceled');
});

test('with the old billing date it comes back into the month after its trial, and pays for the rest of that', () => {
  const world = openBillingWorld();
  const pause = { end_behavior: { missing_payment_method: 'pause' as const } };
  const { id, customer } = subscribe(world, { default_payment_method: null, trial_period_days: 3, trial_settings: pause });
  const trialEnd = START + 3 * DAY_SECONDS;
  world.advanceTo(trialEnd + DAY_SECONDS);
  setDefaultPaymentMethod(world, customer.id, GOOD_CARD);
  const resumed = resumeSubscription(world, id, { billing_cycle_anchor: { type: 'unchanged' } });
  expect(resumed).toMatchObject({ status: 'active', items: { data: [{ current_period_start: trialEnd, current_period_end: Date.UTC(2026, 1, 18, 12) / 1000 }] } });
  expect(world.store.all<InvoiceItem>('invoiceitem').map(({ amount }) => amount)).toEqual([Math.round((6000 * 30) / 31)]);
});

test('while it is paused another interval bills nothing', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  requestPause(world, subscriptionNow(world, id), 'none');
  world.told();
  const recurring = { interval: 'year', interval_count: 1, meter: null, trial_period_days: null, usage_type: 'licensed' } as const;
  const items = [{ id: subscriptionNow(world, id).items.data[0]!.id, price: addPrice(world, { recurring }).id }];
  updateSubscription(world, id, { items });
  expect(world.toldTypes()).toEqual(['customer.subscription.updated']);
});
