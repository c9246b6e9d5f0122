/** The judge judges: what is right passes, and each thing that is wrong is found where it is. */
import { beforeAll, expect, test } from 'vitest';
import { judge, type Fault } from '../../shapes/judge.ts';
import type { Recording } from '../../shapes/recordings.ts';
import { visible } from '../../../sandbox/wire/show.ts';
import type { StripeObject } from '../../../sandbox/world.ts';
import { latestInvoice, openBillingWorld, subscribe, subscriptionNow } from '../sandbox/billing/billing-world.ts';

const COMPILER_LIMIT_MS = 120_000;

const world = openBillingWorld();
const { id } = subscribe(world);
const updated = {
  id: 'evt_1',
  object: 'event',
  api_version: null,
  created: 1,
  data: { object: visible(subscriptionNow(world, id)), previous_attributes: { cancellation_details: { reason: null }, metadata: { plan: null }, status: 'past_due' } },
  livemode: false,
  pending_webhooks: 0,
  request: { id: null, idempotency_key: null },
  type: 'customer.subscription.updated',
};
const RIGHT: Record<string, unknown> = {
  subscription: visible(subscriptionNow(world, id)),
  invoice: visible(latestInvoice(world, id)),
  charge: visible(world.store.all<StripeObject>('charge')[0]!),
  'event customer.subscription.updated': updated,
  error: { error: { type: 'invalid_request_error', code: 'resource_missing', message: "No such price: 'x'", param: 'price' } },
};
const EVENT = 'event customer.subscription.updated';

/** Where which value is put, `undefined` takes the key away; and where the compiler is to find it, if not right there. */
const WRONG: readonly (readonly [kind: string, path: string, value: unknown, foundAt?: string])[] = [
  ['subscription', '.no_key_of_stripe', null],
  ['subscription', '.items.data[0].price.recurring.no_key_of_stripe', 1],
  ['subscription', '.status', 'aktive'],
  ['subscription', '.items.data[0].price.unit_amount_decimal', 6000],
  ['subscription', '.items.data[0].price.unit_amount', undefined, '.items.data[0].price'],
  ['subscription', '.items.data[0].price.product', null],
  ['subscription', '.customer', { id: 'cus_1', object: 'customer' }],
  ['subscription', '.metadata', { plan: 1 }, '.metadata.plan'],
  ['invoice', '.lines.data[0].pricing.price_details.no_key_of_stripe', 'x'],
  ['invoice', '.parent.type', 'subscription'],
  ['invoice', '.status_transitions', null],
  ['charge', '.payment_method_details.card.checks.no_key_of_stripe', null],
  ['charge', '.status', 'succeded'],
  [EVENT, '.data.previous_attributes.no_key_of_stripe', null],
  [EVENT, '.data.previous_attributes.status', 'aktive'],
  [EVENT, '.data.previous_attributes.items', { data: [{ id: 'si_1' }] }, '.data.previous_attributes.items.data[0]'],
  [EVENT, '.data.object.customer', { id: 'cus_1', object: 'customer', deleted: true }],
  [EVENT, '.data.no_key_of_stripe', null],
  [EVENT, '.type', 'customer.subscription.changed'],
  ['error', '.error.type', 'invalid_request'],
  ['error', '.error.message', undefined, '.error'],
];
const NO_ANSWER: Recording = { kind: 'subscribtion', value: { object: 'subscribtion' }, madeBy: '' };
const NO_EVENT: Recording = { kind: 'event customer.subscribed', value: updated, madeBy: '' };

const right = Object.entries(RIGHT).map(([kind, value]) => ({ kind, value, madeBy: '' }));
const wrong = WRONG.map(([kind, path, value]) => ({ kind, value: withChange(RIGHT[kind], path, value), madeBy: '' }));
let faults: Fault[];

beforeAll(() => {
  faults = judge([...right, ...wrong, NO_ANSWER, NO_EVENT], 'wrong-values');
}, COMPILER_LIMIT_MS);

function withChange(value: unknown, path: string, changed: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(value)) as unknown;
  const steps = path.match(/\w+/g)!;
  const last = steps.pop()!;
  const hash = steps.reduce((inner, step) => (inner as Record<string, unknown>)[step], copy) as Record<string, unknown>;
  if (changed === undefined) Reflect.deleteProperty(hash, last);
  else hash[last] = changed;
  return copy;
}

function faultsOf(recording: Recording): string[] {
  return faults.filter((fault) => fault.recording === recording).map(({ path }) => path);
}

test.each(right)('$kind as the sandbox makes it passes', (recording) => {
  expect(faults.filter((fault) => fault.recording === recording)).toEqual([]);
});

test.each(WRONG.map(([kind, path, value, foundAt = path], index) => ({ kind, path, value: JSON.stringify(value), foundAt, index })))(
  '$kind with $value at $path is found',
  ({ foundAt, index }) => {
    expect(faultsOf(wrong[index]!)).toEqual([foundAt]);
  },
);

test('a word that no type has, and an event that the SDK does not know, are found', () => {
  expect(faultsOf(NO_ANSWER)).not.toEqual([]);
  expect(faultsOf(NO_EVENT)).not.toEqual([]);
});
