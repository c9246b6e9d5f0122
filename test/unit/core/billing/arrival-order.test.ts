/** A whole life of a subscription, a card, or what a customer pays with, told in any order: the cached state at the end is the same. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { applyEvent, type Cached, type Known } from '../../../../core/billing/apply-event.ts';
import { standingOf } from '../../../../core/billing/standing.ts';
import { customer, event, HOUR, invoice, paymentMethod, START, subscription, TERMS } from '../../../support/stripe-objects.ts';
import { tiedTo } from '../../../support/tied.ts';

const UPDATED = 'customer.subscription.updated';
const TRIAL_END = START;
const AFTER_TRIAL = { trial_end: TRIAL_END };

/** Subscribed, the trial ends, the payment fails, is made good, fails again; each at its own second. */
const LIFE: Stripe.Event[] = [
  event('customer.subscription.created', subscription({ status: 'trialing', trial_end: TRIAL_END }), { created: START - 72 * HOUR }),
  event(UPDATED, subscription({ status: 'active', ...AFTER_TRIAL }), { created: START, previous: { status: 'trialing' } }),
  event('invoice.created', invoice({ status: 'draft' }), { created: START + 1 }),
  event('invoice.finalized', invoice(), { created: START + HOUR }),
  event('invoice.payment_failed', invoice({ attempted: true, next_payment_attempt: START + 30 * HOUR }), { created: START + HOUR + 1 }),
  event('invoice.updated', invoice({ attempted: true, next_payment_attempt: START + 30 * HOUR }), { created: START + HOUR + 2 }),
  event(UPDATED, subscription({ status: 'past_due', ...AFTER_TRIAL }), { created: START + HOUR + 3, previous: { status: 'active' } }),
];
const RECOVERY: Stripe.Event[] = [
  event('invoice.paid', invoice({ status: 'paid', attempted: true }), { created: START + 2 * HOUR }),
  event(UPDATED, subscription({ status: 'active', ...AFTER_TRIAL }), { created: START + 2 * HOUR + 1, previous: { status: 'past_due' } }),
];
const END: Stripe.Event[] = [
  event('customer.subscription.deleted', subscription({ status: 'canceled', ended_at: START + 3 * HOUR, ...AFTER_TRIAL }), { created: START + 3 * HOUR }),
];

test.each([
  ['a failure', LIFE, 'hold'],
  ['a failure that is made good', [...LIFE, ...RECOVERY], 'on'],
  ['a failure and the end', [...LIFE, ...END], 'off'],
  ['the whole life', [...LIFE, ...RECOVERY, ...END], 'off'],
] as const)('%s, in any order and with duplicates', (_what, life, verdict) => {
  const inOrder = tell(life);
  expect(standingOf(inOrder.subscription, inOrder.invoice, TERMS).verdict).toBe(verdict);
  fc.assert(
    fc.property(anyOrderOf(life), (events) => {
      expect(known(tell(events))).toEqual(known(inOrder));
    }),
    { numRuns: 500 },
  );
});

test('all of it within one second: where the order decides, Stripe is asked', () => {
  const atOnce = [...LIFE, ...RECOVERY].map((told) => ({ ...told, created: START }));
  fc.assert(
    fc.property(anyOrderOf(atOnce), (events) => {
      const { asked, subscription: cached, invoice: ofIt } = tell(events);
      if (!asked.subscription) expect(cached?.status).toBe('active');
      if (!asked.invoice) expect(ofIt?.status).toBe('paid');
    }),
    { numRuns: 1000 },
  );
});

/** What is known is taken for older than it is. */
const heardLast: typeof applyEvent = (told, known, ours) => applyEvent(told, asIfBefore(told, known), ours);

function asIfBefore({ created }: Stripe.Event, { subscription: cached, card, payer, ...known }: Known): Known {
  const before = <Shown extends { asOf: number }>(shown: Shown | undefined) => shown && { ...shown, asOf: Math.min(shown.asOf, created - 1) };
  return { ...known, subscription: before(cached), card: before(card), payer: before(payer) };
}

function showsWhatIsKnown(other: Stripe.Event, { subscription: cached, card, payer }: Known): boolean {
  const shown = applyEvent(other, {}, { livemode: false });
  return [[shown.subscription?.snapshot, cached?.snapshot], [shown.card, card], [shown.payer, payer]].some(([one, other]) => one && isDeepStrictEqual(one, other));
}

const WRONG: Record<string, typeof applyEvent> = {
  'what is heard last holds': heardLast,
  'of one second, what is heard last holds': (told, known, ours) => (known.tied ? heardLast(told, known, ours) : applyEvent(told, known, ours)),
  'of one second, looks at what is known alone': (told, known, ours) => applyEvent(told, { ...known, tied: known.tied?.filter((other) => showsWhatIsKnown(other, known)) }, ours),
  'never asks': (told, known, ours) => ({ ...applyEvent(told, known, ours), ask: undefined, askOf: undefined }),
};

/** Every state of a subscription, a card, or what a customer pays with, is made of these; each event says what it changed. */
const STATUSES = ['trialing', 'active', 'past_due'] as const;
const YEARS = [2026, 2027, 2028];
const MARKS = ['', 'a', 'b'];
const METHODS = [null, 'pm_1', 'pm_2'];

type Fields = Record<string, unknown>;
type Change = { status?: (typeof STATUSES)[number]; year?: number; method?: string | null; mark?: string };

const BORN: Required<Change> = { status: 'trialing', year: 2026, method: null, mark: '' };

const asSubscription = ({ status, mark }: Required<Change>) => subscription({ status, metadata: { mark } });
const asCard = ({ year, mark }: Required<Change>) => paymentMethod({ card: { exp_year: year }, metadata: { mark } });
const asPayer = ({ method, mark }: Required<Change>) => customer(method, { metadata: { mark } });
const subscriptionChanges = ({ status, mark }: Change): Fields => ({ ...(status === undefined ? {} : { status }), ...(mark === undefined ? {} : { metadata: { mark } }) });
const cardChanges = ({ year, mark }: Change): Fields => ({ ...(year === undefined ? {} : { card: { exp_year: year } }), ...(mark === undefined ? {} : { metadata: { mark } }) });
const payerChanges = ({ method, mark }: Change): Fields => ({ ...(method === undefined ? {} : { invoice_settings: { default_payment_method: method } }), ...(mark === undefined ? {} : { metadata: { mark } }) });

const LIVES = {
  subscription: { birth: 'customer.subscription.created', update: UPDATED, shown: asSubscription, previous: subscriptionChanges, change: fc.record({ status: fc.constantFrom(...STATUSES), mark: fc.constantFrom(...MARKS) }, { requiredKeys: [] }) },
  card: { birth: 'payment_method.attached', update: 'payment_method.updated', shown: asCard, previous: cardChanges, change: fc.record({ year: fc.constantFrom(...YEARS), mark: fc.constantFrom(...MARKS) }, { requiredKeys: [] }) },
  payer: { birth: 'customer.created', update: 'customer.updated', shown: asPayer, previous: payerChanges, change: fc.record({ method: fc.constantFrom(...METHODS), mark: fc.constantFrom(...MARKS) }, { requiredKeys: [] }) },
} as const;

/** A life of up to six events, the first of which begins it or is of an earlier second; `apart` seconds between two of them. */
function lifeOf(kind: keyof typeof LIVES, apart: number): fc.Arbitrary<Stripe.Event[]> {
  const { birth, update, shown, previous, change } = LIVES[kind];
  return fc.record({ isBorn: fc.boolean(), changes: fc.array(change as fc.Arbitrary<Change>, { minLength: 1, maxLength: 5 }) }).map(({ isBorn, changes }) => {
    let state = BORN;
    let now = START;
    const events = [event(birth, shown(state), { created: isBorn ? now : now - HOUR })];
    for (const each of changes) {
      const changed = Object.fromEntries(Object.entries(each).filter(([name, value]) => state[name as keyof Change] !== value)) as Change;
      if (Object.keys(changed).length === 0) continue;
      const before = Object.fromEntries(Object.keys(changed).map((name) => [name, state[name as keyof Change]])) as Change;
      state = { ...state, ...changed };
      events.push(event(update, shown(state), { created: (now += apart), previous: previous(before) }));
    }
    return events;
  });
}

/** Whether the end is that of the life, or Stripe has been asked. */
function endsRight(kind: keyof typeof LIVES, apart: number, rules = applyEvent) {
  return fc.property(lifeOf(kind, apart).chain((life) => fc.tuple(fc.constant(life), anyOrderOf(life))), ([life, arrived]) => {
    const { asked, ...cached } = tell(arrived, rules);
    const truth = tell([life.at(-1)!])[kind];
    if (apart > 0) expect(asked[LIVES[kind].shown(BORN).object as keyof typeof asked]).toBe(false);
    if (!asked[life[0]!.data.object.object as keyof typeof asked]) expect(shownIn(cached[kind])).toEqual(shownIn(truth));
  });
}

/** Whichever event or answer shows it, and as of when. */
function shownIn(kept: Cached[keyof typeof LIVES]): object {
  return kept && 'snapshot' in kept ? kept.snapshot : { ...kept, asOf: 0 };
}

describe.each(['subscription', 'card', 'payer'] as const)('the changes of a %s, in any order and with duplicates', (kind) => {
  test('a second apart: the last holds, and nobody is asked', () => fc.assert(endsRight(kind, 1), { numRuns: 500 }));
  test('within one second: the last holds, or Stripe is asked', () => fc.assert(endsRight(kind, 0), { numRuns: 3_000 }));

  test.each(Object.entries(WRONG))('rules that are wrong are found out: %s', (_what, rules) => {
    expect(fc.check(endsRight(kind, 0, rules), { numRuns: 3_000 }).failed).toBe(true);
  });
});

test('changes of one second that each lead to the next: the last holds once all have come, in any order and with duplicates', () => {
  const years = [2026, 2027, 2028, 2029, 2030];
  const updates = years.slice(1).map((year, index) => event('payment_method.updated', paymentMethod({ card: { exp_year: year } }), { previous: { card: { exp_year: years[index] } } }));
  const changes = [event('payment_method.attached', paymentMethod()), ...updates];
  fc.assert(fc.property(anyOrderOf(changes), (arrived) => tell(arrived).card?.expires?.year === 2030), { numRuns: 500 });
  for (const arrived of [changes, changes.toReversed()]) expect(tell(arrived).asked.payment_method, 'in order or the other way round, nobody is asked').toBe(false);
});

function anyOrderOf(life: readonly Stripe.Event[]): fc.Arbitrary<Stripe.Event[]> {
  const duplicates = fc.subarray([...life]);
  return duplicates.chain((twice) => fc.shuffledSubarray([...life, ...twice], { minLength: life.length + twice.length }));
}

function tell(events: readonly Stripe.Event[], rules = applyEvent) {
  let cached: Cached = {};
  const asked = { subscription: false, invoice: false, payment_method: false, customer: false };
  const heard: Stripe.Event[] = [];
  for (const told of events) {
    const { object } = told.data.object as { object: keyof typeof asked };
    const { subscription: nextSubscription, invoice: nextInvoice, card, payer, ask, askOf } = rules(told, { ...cached, tied: tiedTo(told, heard, cached) }, { livemode: false });
    cached = { subscription: nextSubscription ?? cached.subscription, invoice: nextInvoice ?? cached.invoice, card: card ?? cached.card, payer: payer ?? cached.payer };
    asked[object] ||= ask !== undefined || askOf !== undefined;
    if (!heard.includes(told)) heard.push(told);
  }
  return { ...cached, asked };
}

/** All that is kept, but for how often it was saved. */
function known({ subscription: cached, invoice: ofIt }: Cached) {
  return { status: cached?.status, asOf: cached?.asOf, snapshot: cached?.snapshot, invoice: ofIt };
}
