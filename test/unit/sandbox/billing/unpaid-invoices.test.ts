/** Invoices that are not paid yet, and which of them decides how its subscription stands. */
import { expect, test } from 'vitest';
import { DAY_SECONDS, HOUR_SECONDS } from '../../../../sandbox/billing/calendar.ts';
import { editInvoice } from '../../../../sandbox/billing/invoice-edits.ts';
import { payInvoice } from '../../../../sandbox/billing/manual-invoices.ts';
import { cancelPaymentIntent } from '../../../../sandbox/billing/payment-intents.ts';
import { attachPaymentMethod } from '../../../../sandbox/billing/payment-methods.ts';
import type { Invoice, PaymentIntent } from '../../../../sandbox/billing/shapes.ts';
import { updateSubscription } from '../../../../sandbox/billing/subscriptions.ts';
import { FAILING_CARD, latestInvoice, openBillingWorld, START, subscribe, subscriptionNow } from './billing-world.ts';

const TRIAL_END = START + 3 * DAY_SECONDS;
const trial = { trial_period_days: 3 };

/** Past due by its first paid month; an upgrade that is billed at once is the latest invoice. */
function withTwoUnpaid() {
  const world = openBillingWorld();
  world.switches.set({ dunning_end: 'leave' });
  const { id, customer } = subscribe(world, trial, FAILING_CARD);
  world.advanceTo(TRIAL_END + HOUR_SECONDS);
  const older = latestInvoice(world, id);
  const items = [{ id: subscriptionNow(world, id).items.data[0]!.id, quantity: 2 }];
  updateSubscription(world, id, { items, proration_behavior: 'always_invoice' });
  return { world, id, older, card: attachPaymentMethod(world, 'pm_card_visa', customer.id).id };
}

test('the latest invoice decides: when it is paid, an older one that fails again makes nothing past due', () => {
  const { world, id, older, card } = withTwoUnpaid();
  payInvoice(world, older.id, card);
  expect(subscriptionNow(world, id).status).toBe('past_due');

  const other = withTwoUnpaid();
  payInvoice(other.world, latestInvoice(other.world, other.id).id, other.card);
  expect(subscriptionNow(other.world, other.id).status).toBe('active');
  other.world.advanceTo(TRIAL_END + 3 * DAY_SECONDS);
  expect(other.world.store.find<Invoice>('invoice', other.older.id)).toMatchObject({ status: 'open', attempt_count: 3 });
  expect(subscriptionNow(other.world, other.id).status).toBe('active');
});

test('a draft does not decide yet: the invoice before it brings a late subscription back', () => {
  const world = openBillingWorld();
  world.switches.set({ dunning_end: 'leave' });
  const { id, customer } = subscribe(world, trial, FAILING_CARD);
  world.advanceTo(TRIAL_END + HOUR_SECONDS);
  const late = latestInvoice(world, id);
  updateSubscription(world, id, { pause_collection: { behavior: 'keep_as_draft' } });
  world.advanceTo(TRIAL_END + 32 * DAY_SECONDS);
  expect([latestInvoice(world, id).status, subscriptionNow(world, id).status]).toEqual(['draft', 'past_due']);
  payInvoice(world, late.id, attachPaymentMethod(world, 'pm_card_visa', customer.id).id);
  expect(subscriptionNow(world, id).status).toBe('active');
});

test('a first payment whose intent was cancelled by hand expires all the same', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world, {}, FAILING_CARD);
  const [intent] = world.store.all<PaymentIntent>('payment_intent');
  cancelPaymentIntent(world, intent!.id, null);
  world.advanceTo(START + 23 * HOUR_SECONDS);
  expect([subscriptionNow(world, id).status, latestInvoice(world, id).status]).toEqual(['incomplete_expired', 'void']);
});

test('a paid invoice has no next try, whatever it is told about its advance', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  expect(editInvoice(world, latestInvoice(world, id), { auto_advance: true })).toMatchObject({ status: 'paid', next_payment_attempt: null });
});
