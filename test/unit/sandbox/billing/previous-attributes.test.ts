import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_SECONDS } from '../../../../sandbox/billing/calendar.ts';
import { setDefaultPaymentMethod } from '../../../../sandbox/billing/customers.ts';
import { markUncollectible, voidInvoice } from '../../../../sandbox/billing/invoices.ts';
import { payInvoice } from '../../../../sandbox/billing/manual-invoices.ts';
import { requestPause } from '../../../../sandbox/billing/subscription-pause.ts';
import { resumeSubscription } from '../../../../sandbox/billing/subscription-resume.ts';
import type { SubscriptionChanges } from '../../../../sandbox/billing/subscription-changes.ts';
import { cancelSubscription, keepSubscription, scheduleCancellation, updateSubscription } from '../../../../sandbox/billing/subscriptions.ts';
import { StripeError } from '../../../../sandbox/wire/errors.ts';
import { contradictions } from '../../../support/event-history.ts';
import {
  addPrice,
  FAILING_CARD,
  GOOD_CARD,
  latestInvoice,
  openBillingWorld,
  subscribe,
  subscriptionNow,
  type BillingWorld,
  type ToldEvent,
} from './billing-world.ts';

type Action = (world: BillingWorld, id: string) => unknown;

const pass = (days: number): Action => (world) => world.advanceTo(world.now() + days * DAY_SECONDS);
const update = (changes: SubscriptionChanges): Action => (world, id) => updateSubscription(world, id, changes);
const itemOf = (world: BillingWorld, id: string): string => subscriptionNow(world, id).items.data[0]?.id ?? '';

const ACTIONS: Record<string, Action> = {
  'a day passes': pass(1),
  'nine days pass': pass(9),
  'a month passes': pass(31),
  'a good card': (world, id) => setDefaultPaymentMethod(world, subscriptionNow(world, id).customer, GOOD_CARD),
  'a failing card': (world, id) => setDefaultPaymentMethod(world, subscriptionNow(world, id).customer, FAILING_CARD),
  'pay the latest invoice': (world, id) => payInvoice(world, latestInvoice(world, id).id),
  'void the latest invoice': (world, id) => voidInvoice(world, latestInvoice(world, id)),
  'write the latest invoice off': (world, id) => markUncollectible(world, latestInvoice(world, id)),
  'end the trial': update({ trial_end: 'now' }),
  'begin a trial': (world, id) => updateSubscription(world, id, { trial_end: world.now() + 5 * DAY_SECONDS }),
  'pause collection': update({ pause_collection: { behavior: 'void' } }),
  'keep drafts': update({ pause_collection: { behavior: 'keep_as_draft' } }),
  'collect again': update({ pause_collection: null }),
  'more of it': (world, id) => updateSubscription(world, id, { items: [{ id: itemOf(world, id), quantity: 3 }] }),
  'less of it, billed at once': (world, id) =>
    updateSubscription(world, id, { items: [{ id: itemOf(world, id), quantity: 1 }], proration_behavior: 'always_invoice' }),
  'another price, by the year': (world, id) => {
    const recurring = { interval: 'year', interval_count: 1, meter: null, trial_period_days: null, usage_type: 'licensed' } as const;
    const { id: price } = addPrice(world, { unit_amount: 60_000, recurring });
    return updateSubscription(world, id, { items: [{ id: itemOf(world, id), price }] });
  },
  pause: (world, id) => requestPause(world, subscriptionNow(world, id), 'now'),
  resume: (world, id) => resumeSubscription(world, id, {}),
  'resume once paid': (world, id) => resumeSubscription(world, id, { payment_behavior: 'resume_on_payment_success' }),
  'schedule the end': scheduleCancellation,
  'stay after all': keepSubscription,
  'set metadata': update({ metadata: { a: '1', b: '' } }),
  'unset metadata': update({ metadata: { a: '', b: '2' } }),
  'cancel with a last invoice': (world, id) => cancelSubscription(world, id, {}, { invoice_now: true, prorate: true }),
  cancel: cancelSubscription,
  'give a reason': update({ cancellation_details: { feedback: 'unused' } }),
};

/** As a call of the API does it: what is refused leaves nothing behind, unless the refusal is a declined card's. */
function attempt(world: BillingWorld, id: string, action: Action): ToldEvent[] {
  try {
    world.store.transaction(() => {
      try {
        action(world, id);
      } catch (error) {
        if (!(error instanceof StripeError && error.keepsWrites)) throw error;
      }
    });
    return world.told();
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    world.told();
    return [];
  }
}

function historyOf(names: readonly string[], dunningEnd: 'cancel' | 'unpaid' | 'leave' = 'cancel', card = GOOD_CARD): ToldEvent[] {
  const world = openBillingWorld();
  world.switches.set({ dunning_end: dunningEnd });
  const { id } = subscribe(world, { trial_period_days: 10 }, card);
  const beginning = world.told();
  return [...beginning, ...names.flatMap((name) => attempt(world, id, ACTIONS[name]!))];
}

const STORIES = {
  'recovered': ['a month passes', 'a good card', 'pay the latest invoice', 'a month passes', 'schedule the end', 'a month passes', 'give a reason'],
  'up and down': ['end the trial', 'a good card', 'pay the latest invoice', 'nine days pass', 'more of it', 'nine days pass', 'less of it, billed at once', 'a month passes', 'another price, by the year', 'nine days pass', 'cancel with a last invoice'],
  'to and fro': ['a good card', 'a month passes', 'pause', 'nine days pass', 'resume', 'pay the latest invoice', 'begin a trial', 'nine days pass', 'pause collection', 'a month passes', 'collect again', 'cancel'],
  'given up': ['a month passes', 'a month passes', 'set metadata', 'a good card', 'pay the latest invoice', 'unset metadata', 'a month passes'],
};

test.each(Object.entries(STORIES))('every updated event of "%s" leads back to the state before it', (_name, actions) => {
  const events = historyOf(actions, 'unpaid', FAILING_CARD);
  expect(events.filter(({ type }) => type.endsWith('.updated')).length).toBeGreaterThan(8);
  expect(contradictions(events)).toEqual([]);
});

test('and so does every updated event of any life', { timeout: 60_000 }, () => {
  const names = fc.array(fc.constantFrom(...Object.keys(ACTIONS)), { minLength: 4, maxLength: 14 });
  const property = fc.property(names, fc.constantFrom('cancel', 'unpaid', 'leave'), fc.constantFrom(GOOD_CARD, FAILING_CARD), (actions, end, card) => {
    expect(contradictions(historyOf(actions, end, card))).toEqual([]);
  });
  fc.assert(property, { numRuns: 60 });
});

test('one key that is missing, added or wrong is found out, whichever event it is in', () => {
  const events = historyOf(STORIES['up and down'], 'unpaid', FAILING_CARD);
  const told = events.flatMap(({ previous }, index) => Object.keys(previous ?? {}).map((key) => ({ index, key })));
  const first = new Set(events.flatMap(({ object }, index) => (events.findIndex((one) => one.object.id === object.id) === index ? [index] : [])));
  const checked = told.filter(({ index }) => !first.has(index));
  expect(checked.length).toBeGreaterThan(30);
  for (const { index, key } of checked) {
    const { [key]: _dropped, ...rest } = events[index]!.previous ?? {};
    for (const previous of [rest, { ...rest, [key]: 'wrong' }]) {
      expect(contradictions(events.with(index, { ...events[index]!, previous })), `${events[index]!.type} ${key}`).not.toEqual([]);
    }
  }
});
