/** What an event is and what became of it, in words: each kind of bad input says what to do next. */
import { expect, test } from 'vitest';
import type Stripe from 'stripe';
import { aboutWords, explanationOf } from '../../../../cli/render/event-words.ts';
import { applyEvent, RELEVANT_TYPES, subjectOf } from '../../../../core/billing/apply-event.ts';
import type { JournaledEvent } from '../../../../core/cache/cache.ts';
import { CUSTOMER, customer, event, invoice, invoiceState, paymentMethod, START, subscription, subscriptionState } from '../../../support/stripe-objects.ts';

/** As the journal has it after the first attempt; a cache of test mode. */
function explained(told: Stripe.Event, current = subscriptionState()): ReturnType<typeof explanationOf> {
  return explanationOf({ ...told, ...subjectOf(told), ...decided(told, current), sequence: 1, receivedAt: 0, source: 'webhook' } as unknown as JournaledEvent, JSON.stringify(told));
}

function decided(told: Stripe.Event, current: ReturnType<typeof subscriptionState>): Pick<JournaledEvent, 'outcome' | 'reason'> {
  try {
    return applyEvent(told, { subscription: current }, { livemode: false });
  } catch (error) {
    return { outcome: 'failed', reason: `its object cannot be read: ${(error as Error).message}` };
  }
}

const UPDATED = 'customer.subscription.updated';
const LATER = { created: START + 60, id: 'evt_1' };

test.each<[string, Stripe.Event, RegExp, RegExp | undefined]>([
  ['one that is read', event(UPDATED, subscription({ status: 'past_due' }), LATER), /^It is part of the cached state\. Nothing is to be done\.$/, undefined],
  ['one of a tie', event(UPDATED, subscription({ status: 'past_due' }), { id: 'evt_1' }), /^Another event of the same second shows the subscription otherwise, .* It changed nothing; Stripe is asked which holds\. Nothing is to be done\.$/, undefined],
  ['an older one', event(UPDATED, subscription(), { created: START - 60 }), /^Something newer was known already/, undefined],
  ['a broken one', event(UPDATED, { ...subscription(), items: undefined }, LATER), /^It misses a part .* Stripe sends it again/, /^devchat events replay evt_1 tries again/],
  ['a foreign account', event(UPDATED, subscription(), { ...LATER, account: 'acct_other' }), /^It belongs to another Stripe account, acct_other/, /not to connected accounts/],
  ['the other mode', event(UPDATED, subscription(), { ...LATER, livemode: true }), /^It is of live mode, and this cache belongs to the other/, /each mode a webhook endpoint and a cache of its own/],
  ['an older shape', event(UPDATED, subscription(), { ...LATER, api_version: '2020-08-27' }), /API version 2020-08-27, .* Stripe is asked about the subscription instead/, /^devchat provision webhook/],
  ['an older shape of what names no subscription', event('customer.updated', customer(), { ...LATER, api_version: '2020-08-27' }), /It changed nothing, since it names no subscription/, /^devchat provision webhook/],
  ['an unknown status', event(UPDATED, subscription({ status: 'haunted' as never }), LATER), /^Stripe says "haunted", a status that this devchat does not know: it grants no session/, /^devchat config set policy unknown=/],
  ['a type that is not looked at', event('foo.bar', { id: 'foo_1', object: 'foo' }, LATER), /^devchat does not look at events of this type/, undefined],
  ['a type that every object inherits', event('constructor', { id: 'foo_1', object: 'foo' }, LATER), /^devchat does not look at events of this type/, undefined],
  ['an invoice of something else', event('invoice.paid', invoice({ parent: null }), LATER), /^It is about no subscription/, undefined],
])('%s', (_name, told, means, next) => {
  const explanation = explained(told);
  expect(explanation.means).toMatch(means);
  expect(explanation.next ?? '').toMatch(next ?? /^$/);
});

test('one that was read but not applied', () => {
  const told = event(UPDATED, subscription(), LATER);
  const { means, next } = explanationOf({ ...told, outcome: 'failed', reason: 'it could not be applied: no further' } as unknown as JournaledEvent, JSON.stringify(told));
  expect(means).toMatch(/^devchat could not apply it\. It is kept as it came, and changed nothing\. Stripe sends it again/);
  expect(next).toMatch(/^devchat events replay evt_1 tries again/);
});

test('one in whose place another text was applied', () => {
  const told = event(UPDATED, { ...subscription(), items: null }, LATER);
  const reason = 'another text came under its id, journaled as evt_1#2: first seen, active';
  expect(explanationOf({ ...told, outcome: 'applied', reason } as unknown as JournaledEvent, JSON.stringify(told)).means).toMatch(/^It could not be applied itself, and stays as it came\./);
});

test('a tie of invoices', () => {
  const told = event('invoice.updated', invoice(), LATER);
  const decision = applyEvent(told, { invoice: invoiceState({ asOf: told.created, amountDue: 1 }) }, { livemode: false });
  expect(explanationOf({ ...told, ...decision } as unknown as JournaledEvent, JSON.stringify(told)).means).toMatch(/^Another event of the same second shows the invoice otherwise, .* This one is cached until Stripe, which is asked, has said which holds\./);
});

test('one of a tie about a card', () => {
  const told = event('payment_method.updated', paymentMethod({ card: { exp_year: 2031 } }));
  const known = { id: 'pm_1', customer: CUSTOMER, asOf: START, name: 'Visa 4242', expires: { month: 11, year: 2030 } };
  const decision = applyEvent(told, { card: known, tied: [] }, { livemode: false });
  expect(explanationOf({ ...told, ...decision } as unknown as JournaledEvent, JSON.stringify(told)).means).toMatch(/^Another event of the same second shows this otherwise, .* It changed nothing; Stripe is asked about each subscription/);
});

test('a type that every object inherits is about nothing', () => {
  for (const type of ['constructor', '__proto__', 'toString']) expect(aboutWords(type)).toBeUndefined();
});

test('every type that can change the cached state has words', () => {
  expect(RELEVANT_TYPES.filter((type) => aboutWords(type) === undefined)).toEqual([]);
});
