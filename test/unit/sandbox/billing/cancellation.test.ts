import { expect, test } from 'vitest';
import { DAY_SECONDS, HOUR_SECONDS } from '../../../../sandbox/billing/calendar.ts';
import { nextDue } from '../../../../sandbox/billing/due.ts';
import {
  cancelSubscription,
  keepSubscription,
  scheduleCancellation,
  updateSubscription,
} from '../../../../sandbox/billing/subscriptions.ts';
import {
  addPrice,
  FAILING_CARD,
  latestInvoice,
  openBillingWorld,
  refusalOf,
  START,
  subscribe,
  subscriptionNow,
} from './billing-world.ts';

const PERIOD_END = Date.UTC(2026, 1, 15, 12) / 1000;

test('a cancellation at once is exactly one event, and final', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  world.told();
  world.advanceTo(START + DAY_SECONDS);
  cancelSubscription(world, id, { comment: 'too dear', feedback: 'too_expensive' });
  const [deleted, ...more] = world.told();
  expect(more).toEqual([]);
  expect(deleted).toMatchObject({
    type: 'customer.subscription.deleted',
    object: {
      id,
      status: 'canceled',
      canceled_at: START + DAY_SECONDS,
      ended_at: START + DAY_SECONDS,
      cancel_at: null,
      cancel_at_period_end: false,
      cancellation_details: { comment: 'too dear', feedback: 'too_expensive', reason: 'cancellation_requested' },
    },
  });
  expect(deleted?.previous).toBeUndefined();
  expect(nextDue(world)).toBeUndefined();
});

test('an ended subscription takes a late word of feedback and metadata, and nothing else', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  cancelSubscription(world, id);
  world.told();
  updateSubscription(world, id, { cancellation_details: { feedback: 'unused' } });
  expect(world.told()).toMatchObject([
    { type: 'customer.subscription.updated', object: { status: 'canceled' }, previous: { cancellation_details: { feedback: null } } },
  ]);
  expect(refusalOf(() => updateSubscription(world, id, { trial_end: 'now' }))).toMatchObject({
    status: 400,
    body: { code: 'invalid_canceled_subscription_fields' },
  });
  expect(refusalOf(() => cancelSubscription(world, id))).toMatchObject({
    status: 404,
    body: { code: 'resource_missing', message: `No such subscription: '${id}'` },
  });
});

test('the unpaid invoice of a cancelled subscription stays open and is not collected any more', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world, { trial_period_days: 3 }, FAILING_CARD);
  world.advanceTo(START + 3 * DAY_SECONDS + HOUR_SECONDS);
  world.told();
  cancelSubscription(world, id);
  expect(world.toldTypes()).toEqual(['customer.subscription.deleted']);
  expect(latestInvoice(world, id)).toMatchObject({ status: 'open', auto_advance: false, next_payment_attempt: null });
});

test.each([
  ['flexible', { cancel_at: PERIOD_END, cancel_at_period_end: false }, ['canceled_at', 'cancel_at', 'cancellation_details']],
  ['classic', { cancel_at: PERIOD_END, cancel_at_period_end: true }, ['canceled_at', 'cancel_at', 'cancel_at_period_end', 'cancellation_details']],
] as const)('under %s billing a cancellation at the end of the period is marked its own way', (type, marks, changed) => {
  const world = openBillingWorld();
  const { id } = subscribe(world, { billing_mode: { type } });
  world.told();
  world.advanceTo(START + DAY_SECONDS);
  scheduleCancellation(world, id, { feedback: 'unused' });
  const [updated] = world.told();
  expect(updated).toMatchObject({
    type: 'customer.subscription.updated',
    object: { status: 'active', canceled_at: START + DAY_SECONDS, ...marks },
    previous: { cancel_at: null, cancellation_details: { feedback: null, reason: null } },
  });
  expect(Object.keys(updated?.previous ?? {}).sort()).toEqual([...changed].sort());

  world.advanceTo(PERIOD_END);
  expect(world.told()).toMatchObject([
    {
      type: 'customer.subscription.deleted',
      object: { status: 'canceled', canceled_at: START + DAY_SECONDS, ended_at: PERIOD_END, ...marks },
    },
  ]);
});

test('a scheduled cancellation can be taken back', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  scheduleCancellation(world, id);
  world.told();
  keepSubscription(world, id);
  expect(world.told()).toMatchObject([
    { type: 'customer.subscription.updated', object: { cancel_at: null, canceled_at: null }, previous: { cancel_at: PERIOD_END } },
  ]);
  world.advanceTo(PERIOD_END);
  expect(world.toldTypes()).toEqual(['invoice.upcoming', 'customer.subscription.updated', 'invoice.created']);
});

test('both ways of scheduling at once are refused, and so is an end that has passed', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  const both = refusalOf(() => updateSubscription(world, id, { cancel_at: PERIOD_END, cancel_at_period_end: true }));
  expect(both.status).toBe(400);
  expect(refusalOf(() => updateSubscription(world, id, { cancel_at: START })).body.param).toBe('cancel_at');
});

test('a paused collection holds the invoice back and leaves the status alone', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  world.told();
  updateSubscription(world, id, { pause_collection: { behavior: 'void' } });
  expect(world.told()).toMatchObject([{ type: 'customer.subscription.updated', previous: { pause_collection: null } }]);
  world.advanceTo(PERIOD_END + HOUR_SECONDS);
  expect(subscriptionNow(world, id).status).toBe('active');
  expect(latestInvoice(world, id).status).toBe('void');
});

test('a larger quantity without proration counts from the next period on', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  world.told();
  const item = subscriptionNow(world, id).items.data[0]?.id ?? '';
  updateSubscription(world, id, { items: [{ id: item, quantity: 2 }], proration_behavior: 'none' });
  const [updated, ...more] = world.told();
  expect(more).toEqual([]);
  expect(updated).toMatchObject({ object: { items: { data: [{ id: item, quantity: 2 }] } }, previous: { items: { data: [{ quantity: 1 }] } } });
  world.advanceTo(PERIOD_END);
  expect(latestInvoice(world, id).amount_due).toBe(12_000);
});

test('an update that changes nothing tells nothing', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world, { metadata: { a: '1' } });
  world.told();
  updateSubscription(world, id, { metadata: { a: '1' }, proration_behavior: 'none' });
  expect(world.told()).toEqual([]);
});

test('nothing is ordered at an archived or one-time price, or without a card', () => {
  const world = openBillingWorld();
  const archived = addPrice(world, { active: false });
  const oneTime = addPrice(world, { recurring: null, type: 'one_time' });
  expect(refusalOf(() => subscribe(world, { items: [{ price: archived.id }] })).message).toBe(
    'The price specified is inactive. This field only accepts active prices.',
  );
  expect(refusalOf(() => subscribe(world, { items: [{ price: oneTime.id }] })).message).toContain('type=one_time');
  expect(refusalOf(() => subscribe(world, { items: [{ price: 'price_none' }] }))).toMatchObject({
    status: 400,
    body: { param: 'items[0][price]', message: "No such price: 'price_none'" },
  });
  expect(refusalOf(() => subscribe(world, { default_payment_method: null })).message).toContain(
    'This customer has no attached payment source or default payment method.',
  );
});

test('an end at the end of the period moves with the period', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world, { trial_period_days: 5, cancel_at_period_end: true });
  const trial_end = START + 20 * DAY_SECONDS;
  expect(updateSubscription(world, id, { trial_end })).toMatchObject({ cancel_at: trial_end, cancel_at_period_end: true });
  const { cancel_at, items } = updateSubscription(world, id, { trial_end: 'now' });
  expect([cancel_at, items.data[0]?.current_period_end]).toEqual([PERIOD_END, PERIOD_END]);
});

test('who stays after all within the last week hears of the renewal at once, not in the past', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world, { cancel_at_period_end: true });
  const late = PERIOD_END - 2 * DAY_SECONDS;
  world.advanceTo(late);
  world.told();
  updateSubscription(world, id, { cancel_at_period_end: false });
  world.advanceTo(late + DAY_SECONDS);
  expect(world.told().map(({ type, created }) => [type, created])).toEqual([['customer.subscription.updated', late], ['invoice.upcoming', late]]);
});

test('a collection is not paused until a moment that has passed', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  const pause_collection = { behavior: 'void', resumes_at: START } as const;
  expect(refusalOf(() => updateSubscription(world, id, { pause_collection }))).toMatchObject({ status: 400, body: { param: 'pause_collection[resumes_at]' } });
});

test('what is written off because collection is paused says so', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  updateSubscription(world, id, { pause_collection: { behavior: 'mark_uncollectible' } });
  world.advanceTo(PERIOD_END + HOUR_SECONDS);
  expect(latestInvoice(world, id)).toMatchObject({ status: 'uncollectible', status_details: { uncollectible: { reason: 'subscription_paused' } } });
});
