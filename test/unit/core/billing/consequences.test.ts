/** What follows from a failed payment, an end and a recovery, told in any order and any number of times. */
import fc from 'fast-check';
import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { applyEvent } from '../../../../core/billing/apply-event.ts';
import { consequencesOf, type Consequences, type Situation } from '../../../../core/billing/consequences.ts';
import type { Failure } from '../../../../core/billing/failure.ts';
import type { Terms } from '../../../../core/billing/policy.ts';
import { standingOf } from '../../../../core/billing/standing.ts';
import type { InvoiceState, SubscriptionState } from '../../../../core/billing/state.ts';
import type { Session } from '../../../../core/sessions/session.ts';
import { failed, paid, SESSION_DAYS, stateOf, UPDATED } from '../../../support/bookings.ts';
import { CUSTOMER, DAY, event, HOUR, invoice, INVOICE, invoiceState, START, subscription, subscriptionState, TERMS } from '../../../support/stripe-objects.ts';

const NOW: Terms = { ...TERMS, now: (START + 2 * DAY) * 1000 };

function session(days: number, fields: Partial<Session> = {}): Session {
  return { id: `ses_${days}`, customer: CUSTOMER, email: null, startsAt: START + days * DAY, state: 'booked', reason: 'booked', invoice: null, paidAt: null, ...fields };
}

describe('told in any order and any number of times', () => {
  const RETRIES = [1, 30, 31].map((hours) => failed({ created: START + hours * HOUR }));
  const FAILURE = [
    event(UPDATED, subscription(), { created: START }),
    event('invoice.created', invoice({ status: 'draft' }), { created: START }),
    ...RETRIES,
    failed({ type: 'invoice.payment_action_required', created: START + 2 * HOUR }),
    event('invoice.updated', invoice({ attempted: true }), { created: START + 31 * HOUR + 1 }),
    event(UPDATED, subscription({ status: 'past_due' }), { created: START + HOUR + 1, previous: { status: 'active' } }),
    event(UPDATED, subscription({ status: 'past_due', metadata: { twin: 'yes' } }), { created: START + HOUR + 2 }),
  ];
  const RECOVERY = [paid({ created: START + 40 * HOUR }), event(UPDATED, subscription(), { created: START + 40 * HOUR + 1, previous: { status: 'past_due' } })];
  const END = event('customer.subscription.deleted', subscription({ status: 'canceled', ended_at: START + 41 * HOUR }), { created: START + 41 * HOUR });
  const FEEDBACK = event(UPDATED, subscription({ status: 'canceled', ended_at: START + 41 * HOUR, cancellation_details: { reason: 'cancellation_requested', feedback: 'too_expensive', feedback_option: null, comment: null } }), { created: START + 41 * HOUR + 5 });

  const oneCancelled = (world: World) => {
    expect(world.states()).toEqual(['cancelled', 'booked', 'booked']);
    expect(world.told).toEqual([`payment.failed ${INVOICE}`]);
    expect(world.verdict()).toBe('hold');
  };

  test('a failure cancels the next session once, is told once, and stays', () => {
    holdsFor(FAILURE, oneCancelled);
  });

  test('a failure made good: payable and told once; nothing where the money was heard of first', () => {
    holdsFor([...FAILURE, ...RECOVERY], (world) => {
      const isHeard = world.told.length > 0;
      expect(world.told).toEqual(isHeard ? [`payment.failed ${INVOICE}`, `payment.recovered ${INVOICE}`] : []);
      expect(world.states()).toEqual([isHeard ? 'payable' : 'booked', 'booked', 'booked']);
      expect(world.verdict()).toBe('on');
    });
  });

  test('an end cancels all sessions to come and is told once', () => {
    holdsFor([...FAILURE, ...RECOVERY, END, FEEDBACK], (world) => {
      expect(world.states()).toEqual(['cancelled', 'cancelled', 'cancelled']);
      expect(world.told.filter((told) => told.startsWith('subscription.ended'))).toHaveLength(1);
      expect(world.told.length).toBe(new Set(world.told).size);
    });
  });

  test('two failed invoices cancel two sessions', () => {
    holdsFor([...FAILURE, failed({ invoice: 'in_2', created: START + 3 * HOUR }), failed({ invoice: 'in_2', created: START + 4 * HOUR })], (world) => {
      expect(world.states()).toEqual(['cancelled', 'cancelled', 'booked']);
      expect([...world.told].sort()).toEqual([`payment.failed ${INVOICE}`, 'payment.failed in_2']);
    });
  });

  /** Each has been somebody's bug: the properties above find them all. */
  test.each<[string, Variant]>([
    ['remembers nothing of what followed', { decide: (situation, terms) => consequencesOf({ ...situation, invoices: situation.invoices.map(({ invoice: of }) => ({ invoice: of, failure: undefined })) }, terms) }],
    ['draws from the event, not from the state', { decide: fromEvents }],
    ['takes any later word of the subscription for a recovery', { forget: (told) => told.type === UPDATED }],
  ])('a wrong one that %s is found out', (_what, variant) => {
    expect(() => holdsFor(FAILURE, oneCancelled, variant)).toThrow(/Property failed/);
  });
});

describe('which session', () => {
  const missing = { invoice: invoiceState({ failedAt: START }), failure: undefined };

  test.each<[string, Session[], string[]]>([
    ['the next one, however far off', [session(50), session(80)], ['ses_50']],
    ['none that has begun', [session(2), session(30)], ['ses_30']],
    ['none that the owner has cancelled', [session(5, { state: 'cancelled', reason: 'ill' }), session(35)], ['ses_35']],
    ['none, where none is booked', [], []],
  ])('%s', (_what, sessions, cancelled) => {
    const drawn = draw({ invoices: [missing], sessions });
    expect(drawn.sessions.map(({ id, state }) => `${id} ${state}`)).toEqual(cancelled.map((id) => `${id} cancelled`));
    expect(drawn.failures).toMatchObject([{ actedAt: NOW.now, session: cancelled[0] ?? null }]);
  });

  test.each(['incomplete', 'past_due', 'unpaid', 'paused', 'a_new_one'])('where the subscription is %s too', (status) => {
    expect(draw({ subscription: subscriptionState({ status: status as never }), invoices: [missing], sessions: [session(5)] }).sessions).toHaveLength(1);
  });
});

describe('the policy', () => {
  const missing = { invoice: invoiceState({ failedAt: START }), failure: undefined };
  const on = { ...NOW, policy: { ...NOW.policy, past_due: 'on' as const } };

  test('that leaves sessions booked opens the failure, tells of it, and cancels nothing', () => {
    const { failures, sessions, notices } = draw({ invoices: [missing], sessions: [session(5)] }, on);
    expect(sessions).toEqual([]);
    expect(failures).toMatchObject([{ actedAt: null, failedAt: START }]);
    expect(notices[0]?.data.text).toContain('Sessions stay booked.');
  });

  describe('of grace judges the subscription, not each invoice for itself', () => {
    const grace = { ...NOW, policy: { ...NOW.policy, past_due: { graceDays: 3 } } };
    const newer = { invoice: invoiceState({ id: 'in_2', created: START + DAY, failedAt: START + 2 * DAY }), failure: undefined };

    test('a second failure in the grace of the first stays with it, and says until when', () => {
      const { sessions, notices } = draw({ invoices: [missing, newer], sessions: [session(5), session(35)] }, grace);
      expect(sessions).toEqual([]);
      expect(notices[1]?.data.text).toBe('cus_1: the payment of 17 Jan over $60 failed. Sessions stay booked until 18 Jan.');
    });

    test('once the oldest has no grace left, each failure cancels the then next session', () => {
      const late = { ...grace, now: (START + 3 * DAY) * 1000 };
      expect(draw({ invoices: [missing, newer], sessions: [session(5), session(35), session(65)] }, late).sessions.map(({ id, invoice: of }) => `${id} ${of}`)).toEqual([`ses_5 ${INVOICE}`, 'ses_35 in_2']);
    });

    test('the oldest made good: the newer one has its own grace', () => {
      const late = { ...grace, now: (START + 4 * DAY) * 1000 };
      expect(draw({ invoices: [{ invoice: invoiceState({ status: 'paid' }), failure: undefined }, newer], sessions: [session(5)] }, late).sessions).toEqual([]);
    });
  });

  test('judges again when Stripe gives up', () => {
    const [known] = draw({ invoices: [missing], sessions: [] }, on).failures;
    const unpaid = { subscription: subscriptionState({ status: 'unpaid' }), invoices: [{ ...missing, failure: known }], sessions: [session(5)] };
    expect(draw(unpaid, on).sessions).toMatchObject([{ id: 'ses_5', state: 'cancelled' }]);
  });
});

describe('a failure', () => {
  const acted: Failure = { invoice: INVOICE, subscription: 'sub_1', failedAt: START, amount: 6000, actedAt: NOW.now, session: 'ses_5', closedAt: null };
  const cancelled = session(5, { state: 'cancelled', invoice: INVOICE, reason: 'the payment of 15 Jan over $60 failed' });
  const answered = invoiceState({ failedAt: START, failureCode: 'insufficient_funds' });

  test('that has had its consequence has no more, even where its session is booked again', () => {
    expect(draw({ invoices: [{ invoice: answered, failure: acted }], sessions: [session(5), session(35)] })).toMatchObject({ failures: [], sessions: [] });
  });

  test('gives its reason to the session as soon as Stripe has said it', () => {
    const [told] = draw({ invoices: [{ invoice: answered, failure: acted }], sessions: [cancelled] }).sessions;
    expect(told?.reason).toBe('the payment of 15 Jan over $60 failed (insufficient funds)');
  });

  test('of a later try is not why the session was cancelled', () => {
    const retried = invoiceState({ failedAt: START + 9 * DAY, firstFailedAt: START, failureCode: 'expired_card', nextAttempt: START + 12 * DAY });
    const why = { ...cancelled, reason: 'the payment of 15 Jan over $60 failed (insufficient funds)' };
    expect(draw({ invoices: [{ invoice: retried, failure: acted }], sessions: [why] }).sessions).toEqual([why]);
  });

  test('voided closes without a recovery; written off stays open, and paid recovers', () => {
    const after = (status: string) => draw({ invoices: [{ invoice: invoiceState({ status }), failure: acted }], sessions: [cancelled] });
    expect(after('void')).toEqual({ failures: [{ ...acted, closedAt: NOW.now }], sessions: [], notices: [] });
    expect(after('uncollectible')).toEqual({ failures: [], sessions: [], notices: [] });
    expect(after('paid')).toMatchObject({ failures: [{ closedAt: NOW.now }], sessions: [{ id: 'ses_5', paidAt: NOW.now }], notices: [{ type: 'payment.recovered' }] });
  });

  test('made good is told with the time at which Stripe had the money, not with that of hearing of it', () => {
    const { sessions, notices } = draw({ invoices: [{ invoice: invoiceState({ status: 'paid', asOf: START + DAY }), failure: acted }], sessions: [cancelled] });
    expect(sessions[0]?.reason).toBe('the payment of 15 Jan over $60 failed, and came on 16 Jan');
    expect(notices[0]?.at).toBe((START + DAY) * 1000);
  });

  test('of a subscription beside a newer one that goes on waits: the verdict on the next session is the other one’s', () => {
    const { failures, sessions, notices } = draw({ invoices: [{ invoice: answered, failure: undefined }], sessions: [session(5)], isDecisive: false });
    expect(sessions).toEqual([]);
    expect(failures).toMatchObject([{ actedAt: null }]);
    expect(notices[0]?.data.text).toMatch(/Sessions stay booked\.$/);
  });

  test('made good before Stripe says that the subscription is active again: the notice says how to restore the session', () => {
    const subscription = subscriptionState({ status: 'past_due' });
    const [recovered] = draw({ subscription, invoices: [{ invoice: invoiceState({ status: 'paid' }), failure: acted }], sessions: [cancelled] }).notices;
    expect(recovered).toMatchObject({ data: { standing: { verdict: 'on' } } });
    expect(recovered?.data.text).toMatch(/ can take place again: devchat sessions restore ses_5$/);
  });

  test('made good while another payment is missing: the notice says that sessions are on hold', () => {
    const other = { invoice: invoiceState({ id: 'in_2', failedAt: START }), failure: { ...acted, invoice: 'in_2', session: null } };
    const [, recovered] = draw({ invoices: [other, { invoice: invoiceState({ status: 'paid' }), failure: acted }], sessions: [cancelled] }).notices;
    expect(recovered).toMatchObject({ type: 'payment.recovered', data: { standing: { verdict: 'hold' } } });
    expect(recovered?.data.text).toBe('cus_1: the payment of 15 Jan over $60 came after all. The session of Tue 20 Jan, 12:00 stays cancelled for now: the payment of 15 Jan over $60 failed.');
  });
});

describe('an end', () => {
  const ended = subscriptionState({ status: 'canceled', ended_at: START + DAY });
  const known: Failure = { invoice: INVOICE, subscription: 'sub_1', failedAt: START, amount: 6000, actedAt: null, session: null, closedAt: null };

  test('leaves the sessions of someone who has another subscription', () => {
    expect(draw({ subscription: ended, sessions: [session(5)], isDecisive: false })).toMatchObject({ sessions: [], notices: [{ type: 'subscription.ended' }] });
  });

  test('takes back the offer to restore a session: it would be refused', () => {
    const payable = session(5, { state: 'cancelled', invoice: INVOICE, paidAt: 1 });
    expect(draw({ subscription: ended, sessions: [payable] }).sessions).toMatchObject([{ id: 'ses_5', paidAt: null, reason: 'the subscription ended on 16 Jan 2026' }]);
  });

  test('the money that comes afterwards is told, and offers nothing', () => {
    const cancelled = session(5, { state: 'cancelled', invoice: INVOICE });
    const acted = { ...known, actedAt: 1, session: 'ses_5' };
    const { sessions, notices } = draw({ subscription: ended, invoices: [{ invoice: invoiceState({ status: 'paid' }), failure: acted }], sessions: [cancelled] });
    expect(sessions).toEqual([]);
    expect(notices.map(({ type, data }) => [type, data.session])).toEqual([['payment.recovered', null], ['subscription.ended', null]]);
  });

  test('a failure that is first heard of afterwards is part of it', () => {
    const late = { invoice: invoiceState({ failedAt: START }), failure: undefined };
    expect(draw({ subscription: ended, invoices: [late], sessions: [session(5)], isDecisive: false })).toMatchObject({ failures: [], sessions: [], notices: [{ type: 'subscription.ended' }] });
  });

  test('is told of again, as long as nobody was, with the sessions that it cancelled', () => {
    const first = draw({ subscription: ended, sessions: [session(5), session(35)] });
    const again = draw({ subscription: ended, sessions: first.sessions });
    expect(again).toEqual(first);
    expect(again.notices[0]?.data.text).toBe('cus_1: the subscription ended on 16 Jan 2026. The session of Tue 20 Jan, 12:00 is cancelled. The session of Thu 19 Feb, 12:00 is cancelled.');
  });

  test('older than Stripe keeps its events is no news', () => {
    const old = subscriptionState({ status: 'canceled', ended_at: START - 29 * DAY });
    expect(draw({ subscription: old }).notices).toEqual([]);
    expect(draw({ subscription: old }, { ...NOW, now: START * 1000 }).notices).toHaveLength(1);
  });
});

function draw(situation: Partial<Situation>, terms = NOW): Consequences {
  return consequencesOf({ subscription: subscriptionState(), email: null, invoices: [], sessions: [], isDecisive: true, ...situation }, terms);
}

type Decide = typeof consequencesOf;

interface Variant {
  decide?: Decide;
  /** After which events a failure is forgotten. */
  forget?: (told: Stripe.Event) => boolean;
}

/** A cache in memory: the states, and the rows that follow from them. */
class World {
  readonly told: string[] = [];
  readonly #invoices = new Map<string, InvoiceState>();
  readonly #failures = new Map<string, Failure>();
  readonly #variant: Variant;
  #subscription: SubscriptionState | undefined;
  #sessions = SESSION_DAYS.map((days) => session(days));

  constructor(variant: Variant) {
    this.#variant = variant;
  }

  hear(told: Stripe.Event): void {
    const id = told.data.object.object === 'invoice' ? (told.data.object.id ?? '') : '';
    const { subscription: next, invoice: of } = applyEvent(told, { subscription: this.#subscription, invoice: this.#invoices.get(id) }, { livemode: false });
    this.#subscription = next ?? this.#subscription;
    if (of) this.#invoices.set(of.id, of);
    if (this.#variant.forget?.(told)) this.#invoices.forEach((known) => this.#invoices.set(known.id, { ...known, failedAt: null }));
    if (this.#subscription && (next || of)) this.#write((this.#variant.decide ?? consequencesOf)(this.#situation(this.#subscription), NOW));
  }

  states(): string[] {
    return this.#sessions.map(stateOf);
  }

  verdict(): string {
    const missing = [...this.#invoices.values()].sort((one, other) => Number(one.failedAt === null) - Number(other.failedAt === null));
    return standingOf(this.#subscription, missing[0], NOW).verdict;
  }

  #situation(known: SubscriptionState): Situation {
    const invoices = [...this.#invoices.values()].map((of) => ({ invoice: of, failure: this.#failures.get(of.id) }));
    const open = invoices.filter(({ invoice: of, failure }) => of.failedAt !== null || failure?.closedAt === null);
    return { subscription: known, email: null, invoices: open, sessions: this.#sessions, isDecisive: true };
  }

  #write({ failures, sessions, notices }: Consequences): void {
    for (const failure of failures) this.#failures.set(failure.invoice, failure);
    for (const changed of sessions) this.#sessions = this.#sessions.map((kept) => (kept.id === changed.id ? changed : kept));
    for (const { type, subject } of notices) if (!this.told.includes(`${type} ${subject}`)) this.told.push(`${type} ${subject}`);
  }
}

/** Cancels a session for each failure that is told, as one would who decides from events. */
function fromEvents({ invoices, sessions }: Situation): Consequences {
  const next = sessions.find(({ state }) => state === 'booked');
  return { failures: [], notices: [], sessions: next && invoices.length > 0 ? [{ ...next, state: 'cancelled' }] : [] };
}

function holdsFor(life: readonly Stripe.Event[], expectations: (world: World) => void, variant: Variant = {}): void {
  const anyOrder = fc.subarray([...life]).chain((twice) => fc.shuffledSubarray([...life, ...twice], { minLength: life.length + twice.length }));
  fc.assert(
    fc.property(anyOrder, (events) => {
      const world = new World(variant);
      for (const told of events) world.hear(told);
      expectations(world);
    }),
    { numRuns: 500 },
  );
}
