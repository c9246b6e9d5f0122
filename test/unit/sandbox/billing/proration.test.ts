import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_SECONDS } from '../../../../sandbox/billing/calendar.ts';
import { previewInvoice } from '../../../../sandbox/billing/invoice-preview.ts';
import { shareLeft } from '../../../../sandbox/billing/proration.ts';
import type { Customer, Invoice, InvoiceItem } from '../../../../sandbox/billing/shapes.ts';
import { subscriptionOfItem } from '../../../../sandbox/billing/subscription-items.ts';
import { cancelSubscription, updateSubscription } from '../../../../sandbox/billing/subscriptions.ts';
import { addPrice, FAILING_CARD, GOOD_CARD, latestInvoice, openBillingWorld, refusalOf, START, subscribe, subscriptionNow, type BillingWorld } from './billing-world.ts';

/** January 15 to February 15: 31 days, of which 15.5 are left here. */
const HALF = START + 15.5 * DAY_SECONDS;
const PERIOD_END = START + 31 * DAY_SECONDS;

function halfway(card = GOOD_CARD): { world: BillingWorld; id: string; item: string } {
  const world = openBillingWorld();
  world.switches.set({ upcoming_invoice_days: 'never' });
  const { id } = subscribe(world, {}, card);
  world.advanceTo(HALF);
  world.told();
  return { world, id, item: subscriptionNow(world, id).items.data[0]!.id };
}

test('more of it is credited and charged by the second, and waits for the renewal', () => {
  const { world, id, item } = halfway();
  const first = latestInvoice(world, id);
  updateSubscription(world, id, { items: [{ id: item, quantity: 3 }] });
  const [credit, charge, updated, ...more] = world.told();
  expect(more).toEqual([]);
  expect(credit).toMatchObject({
    type: 'invoiceitem.created',
    object: {
      amount: -3000,
      description: 'Unused time on Pair Coding after 31 Jan 2026',
      period: { start: HALF, end: PERIOD_END },
      proration: true,
      parent: { type: 'subscription_details', subscription_details: { subscription: id, subscription_item: item } },
      proration_details: { credited_items: { type: 'invoice_line_items', invoice_line_item_details: { invoice: first.id, invoice_line_items: [first.lines.data[0]?.id] } } },
    },
  });
  expect(charge).toMatchObject({ object: { amount: 9000, quantity: 3, description: 'Remaining time on 3 × Pair Coding after 31 Jan 2026' } });
  expect(updated).toMatchObject({ type: 'customer.subscription.updated', object: { latest_invoice: first.id } });
  expect(Object.keys(updated?.previous ?? {})).toEqual(['items']);

  world.advanceTo(PERIOD_END);
  const renewal = latestInvoice(world, id);
  expect(renewal).toMatchObject({ billing_reason: 'subscription_cycle', total: 18_000 - 3000 + 9000 });
  expect(renewal.lines.data.map((line) => [line.amount, line.parent?.subscription_item_details?.proration])).toEqual([[-3000, true], [9000, true], [18_000, false]]);
});

test('always_invoice bills the difference at once, none bills nothing', () => {
  const { world, id, item } = halfway();
  updateSubscription(world, id, { items: [{ id: item, quantity: 2 }], proration_behavior: 'always_invoice' });
  expect(world.toldTypes()).toEqual([
    'invoiceitem.created', 'invoiceitem.created', 'invoice.created', 'customer.subscription.updated', 'invoice.finalized', 'payment_intent.created',
    'charge.succeeded', 'payment_intent.succeeded', 'invoice.updated', 'invoice.paid', 'invoice.payment_succeeded', 'invoice_payment.paid',
  ]);
  expect(latestInvoice(world, id)).toMatchObject({ billing_reason: 'subscription_update', status: 'paid', amount_paid: 3000 });
  updateSubscription(world, id, { items: [{ id: item, quantity: 5 }], proration_behavior: 'none' });
  expect(world.toldTypes()).toEqual(['customer.subscription.updated']);
});

test('less of it becomes credit of the customer, which the next invoice takes', () => {
  const { world, id, item } = halfway();
  updateSubscription(world, id, { items: [{ id: item, quantity: 0 }], proration_behavior: 'always_invoice' });
  const { customer } = subscriptionNow(world, id);
  expect(latestInvoice(world, id)).toMatchObject({ total: -3000, amount_due: 0, ending_balance: -3000, status: 'paid' });
  expect(world.store.find<Customer>('customer', customer)?.balance).toBe(-3000);
  updateSubscription(world, id, { items: [{ id: item, quantity: 1 }], proration_behavior: 'none' });
  expect(latestInvoice(world, id)).toMatchObject({ total: 6000, starting_balance: -3000, amount_due: 3000, ending_balance: 0, status: 'paid' });
  expect(world.store.find<Customer>('customer', customer)?.balance).toBe(0);
});

test('another interval gives the rest back, begins a period now and is paid at once', () => {
  const { world, id, item } = halfway();
  const recurring = { interval: 'year', interval_count: 1, meter: null, trial_period_days: null, usage_type: 'licensed' } as const;
  const yearly = addPrice(world, { unit_amount: 60_000, recurring });
  updateSubscription(world, id, { items: [{ id: item, price: yearly.id }] });
  expect(subscriptionNow(world, id)).toMatchObject({ billing_cycle_anchor: HALF, items: { data: [{ current_period_start: HALF, current_period_end: Date.UTC(2027, 0, 31) / 1000 }] } });
  expect(latestInvoice(world, id)).toMatchObject({ billing_reason: 'subscription_update', status: 'paid', amount_paid: 57_000 });
});

test('a declined charge for more of it makes it past due, or undoes the change, as is wished', () => {
  const { world, id, item } = halfway();
  const dead = subscribe(world, { trial_period_days: 1 }, FAILING_CARD).card.id;
  const card = world.store.find('payment_method', dead)!;
  world.store.save({ ...card, customer: subscriptionNow(world, id).customer } as typeof card);
  updateSubscription(world, id, { default_payment_method: dead });
  const change = { items: [{ id: item, quantity: 2 }], proration_behavior: 'always_invoice' } as const;
  expect(refusalOf(() => world.store.transaction(() => updateSubscription(world, id, { ...change, payment_behavior: 'error_if_incomplete' })))).toMatchObject({ status: 402, keepsWrites: false });
  expect(subscriptionNow(world, id)).toMatchObject({ status: 'active', items: { data: [{ quantity: 1 }] } });
  expect(updateSubscription(world, id, change)).toMatchObject({ status: 'past_due', items: { data: [{ quantity: 2 }] } });
});

test('a preview is what the change then bills', () => {
  const { world, id, item } = halfway();
  const items = [{ id: item, quantity: 4 }];
  const renewal = previewInvoice(world, { subscription: id, subscription_details: { items } });
  expect(renewal).toMatchObject({ object: 'invoice', billing_reason: 'upcoming', total: 24_000 + 9000, status: 'draft', period_end: PERIOD_END });
  expect(renewal.id).toMatch(/^upcoming_in_/);
  const now = previewInvoice(world, { subscription: id, subscription_details: { items, proration_behavior: 'always_invoice' } });
  expect(now.lines.data.map(({ amount }) => amount)).toEqual([-3000, 12_000]);
  expect(world.told()).toEqual([]);
  expect(world.store.all<InvoiceItem>('invoiceitem')).toEqual([]);
  updateSubscription(world, id, { items, proration_behavior: 'always_invoice' });
  expect(latestInvoice(world, id).total).toBe(now.total);
});

test('a cancellation gives back what is asked for, and pending prorations go with it otherwise', () => {
  const { world, id, item } = halfway();
  updateSubscription(world, id, { items: [{ id: item, quantity: 2 }] });
  world.told();
  cancelSubscription(world, id);
  expect(world.toldTypes()).toEqual(['invoiceitem.deleted', 'invoiceitem.deleted', 'customer.subscription.deleted']);

  const other = halfway();
  cancelSubscription(other.world, other.id, {}, { invoice_now: true, prorate: true });
  const [credit] = other.world.store.all<Invoice>('invoice').filter(({ total }) => total < 0);
  expect(credit).toMatchObject({ total: -3000, status: 'paid' });
  expect(other.world.toldTypes().at(-1)).toBe('customer.subscription.deleted');
});

test('the share that is left is between all and nothing, and never grows', () => {
  const moments = fc.tuple(fc.nat(1e9), fc.integer({ min: 1, max: 1e8 }), fc.nat(2e8), fc.nat(2e8));
  fc.assert(fc.property(moments, ([start, length, one, other]) => {
    const period = { start, end: start + length };
    const [early, late] = [start + Math.min(one, other), start + Math.max(one, other)];
    expect(shareLeft(period, early)).toBeGreaterThanOrEqual(shareLeft(period, late));
    expect(shareLeft(period, start)).toBe(1);
    expect(shareLeft(period, period.end)).toBe(0);
  }));
});

test('who has a price that is archived can have more of it, and nobody can order it anew', () => {
  const { world, id, item } = halfway();
  const { price } = subscriptionNow(world, id).items.data[0]!;
  world.store.save({ ...price, active: false });
  const changed = updateSubscription(world, id, { items: [{ id: item, price: price.id, quantity: 2, metadata: { a: '1' } }] });
  expect(changed.items.data).toMatchObject([{ id: item, quantity: 2, metadata: { a: '1' }, price: { id: price.id } }]);
  expect(refusalOf(() => updateSubscription(world, id, { items: [{ price: price.id }] })).status).toBe(400);
});

test('an item that comes as the trial is ended is found by its id', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world, { trial_period_days: 5 });
  const { items } = updateSubscription(world, id, { items: [{ price: addPrice(world).id }], trial_end: 'now' });
  expect(subscriptionOfItem(world, items.data[1]!.id).subscription.id).toBe(id);
});
