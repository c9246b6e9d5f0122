import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, type Terms } from '../../../../core/billing/policy.ts';
import { refuseBooking, type Wish } from '../../../../core/sessions/booking.ts';
import type { Session } from '../../../../core/sessions/session.ts';
import { CUSTOMER, DAY, HOUR, invoiceState, START, subscriptionState, TERMS, type SubscriptionFields } from '../../../support/stripe-objects.ts';

const MINUTE = 60;
/** The present period is the month from START; the next begins here. */
const NEXT_PERIOD = START + 31 * DAY;
const PERIOD = { start: START, end: NEXT_PERIOD };

const session = (startsAt: number, fields: Partial<Session> = {}): Session => ({
  id: 'ses_1',
  customer: CUSTOMER,
  email: 'ada@example.com',
  startsAt,
  state: 'booked',
  reason: 'booked',
  invoice: null,
  paidAt: null,
  ...fields,
});
const grace = session(START + 2 * DAY, { id: 'ses_2', customer: 'cus_2', email: 'grace@example.com' });

function subscribed(fields: SubscriptionFields = {}, invoice = invoiceState({ status: 'paid' })): Wish['subscription'] {
  return { subscription: subscriptionState({ period: PERIOD, ...fields }), invoice, email: 'ada@example.com' };
}

/** The refusal in one line; null where it may be booked. */
function refusal(wish: Partial<Wish>, terms: Partial<Terms> = {}): string | null {
  try {
    refuseBooking({ startsAt: START + 2 * DAY, subscription: subscribed(), booked: [], customer: CUSTOMER, ...wish }, { ...TERMS, ...terms });
    return null;
  } catch (error) {
    const { kind, message, hint } = error as { kind: string; message: string; hint?: string };
    return `${kind}: ${message} (${hint})`;
  }
}

test('nothing is in the way', () => {
  expect(refusal({})).toBeNull();
});

describe('the time', () => {
  test.each([
    ['a second ago', START - 1, 'usage: Thu 15 Jan 2026, 11:59 has passed (book a time that is still to come)'],
    ['now', START, 'usage: Thu 15 Jan 2026, 12:00 has passed (book a time that is still to come)'],
    ['in a second', START + 1, null],
    ['in a year', START + 366 * DAY, null],
    ['in more than a year', START + 366 * DAY + 1, 'usage: Sat 16 Jan 2027, 12:00 is more than a year ahead (book a time within a year)'],
  ])('%s', (_when, startsAt, told) => {
    expect(refusal({ startsAt })).toBe(told);
  });

  test('is told in the owner’s time zone', () => {
    expect(refusal({ startsAt: START - 1 }, { timeZone: 'Asia/Tokyo' })).toContain('Thu 15 Jan 2026, 20:59 has passed');
  });
});

describe('the verdict', () => {
  const failed = invoiceState({ failedAt: START - HOUR, failureCode: 'insufficient_funds' });
  const hint = '(devchat subscriptions list shows who may have a session)';

  test.each<[string, Wish['subscription'], string]>([
    ['without a subscription', undefined, 'off: no subscription'],
    ['past due', subscribed({ status: 'past_due' }, failed), 'on hold: the payment of 15 Jan over $60 failed (insufficient funds)'],
    ['paused', subscribed({ status: 'paused' }), 'on hold: the subscription is paused'],
    ['ended', subscribed({ status: 'canceled', ended_at: START }), 'off: ended on 15 Jan 2026'],
  ])('%s', (_what, subscription, reason) => {
    expect(refusal({ subscription })).toBe(`conflict: the next session is ${reason} ${hint}`);
  });

  test('in grace it may be booked, and after it not', () => {
    const policy = { ...DEFAULT_POLICY, past_due: { graceDays: 1 } };
    const subscription = subscribed({ status: 'past_due' }, failed);
    expect(refusal({ subscription }, { policy, now: (START + 23 * HOUR) * 1000 - 1 })).toBeNull();
    expect(refusal({ subscription }, { policy, now: (START + 23 * HOUR) * 1000 })).toContain('on hold');
  });
});

describe('a scheduled end', () => {
  const end = START + 20 * DAY;

  test.each<[string, SubscriptionFields, number]>([
    ['flexible billing', { cancel_at: end }, end],
    ['classic billing', { cancel_at_period_end: true }, NEXT_PERIOD],
  ])('before it, but not from then on (%s)', (_mode, fields, endsAt) => {
    const subscription = subscribed(fields);
    expect(refusal({ subscription, startsAt: endsAt - 1 })).toBeNull();
    expect(refusal({ subscription, startsAt: endsAt })).toMatch(/^conflict: the subscription ends on \w+ \d+ Feb 2026, 12:00 \(book a time before that\)$/);
  });
});

describe('one session in a billing period', () => {
  const told = (next: string): string => `conflict: ada@example.com has a session in that billing period already, on Sat 17 Jan, 12:00 (ses_1) (${next})`;
  const booked = [session(START + 2 * DAY)];

  test.each([
    ['later in the period', START + 20 * DAY, told('the next period begins on Sun 15 Feb 2026, 12:00')],
    ['earlier in the period', START + DAY, told('the next period begins on Sun 15 Feb 2026, 12:00')],
    ['at the same time', START + 2 * DAY, told('the next period begins on Sun 15 Feb 2026, 12:00')],
    ['in its last second', NEXT_PERIOD - 1, told('the next period begins on Sun 15 Feb 2026, 12:00')],
    ['in the first second of the next', NEXT_PERIOD, null],
    ['in the one after', NEXT_PERIOD + 40 * DAY, null],
  ])('another %s', (_when, startsAt, refused) => {
    expect(refusal({ booked, startsAt })).toBe(refused);
  });

  test('one that took place in it counts', () => {
    expect(refusal({ booked, startsAt: START + 20 * DAY }, { now: (START + 10 * DAY) * 1000 })).toContain('already');
  });

  test('where none follows, none is promised', () => {
    expect(refusal({ booked, startsAt: START + 20 * DAY, subscription: subscribed({ cancel_at_period_end: true }) })).toBe(told('no other period follows'));
  });

  test('one in the trial, and one in the month after it', () => {
    const trialEnd = START + 3 * DAY;
    const subscription = subscribed({ status: 'trialing', trial_end: trialEnd, billing_cycle_anchor: trialEnd, period: { start: START, end: trialEnd } });
    expect(refusal({ subscription, booked, startsAt: trialEnd - 1 })).toBe(told('the next period begins on Sun 18 Jan 2026, 12:00'));
    expect(refusal({ subscription, booked, startsAt: trialEnd })).toBeNull();
    const both = [...booked, session(trialEnd + DAY, { id: 'ses_3' })];
    expect(refusal({ subscription, booked: both, startsAt: trialEnd + 30 * DAY })).toContain('on Mon 19 Jan, 12:00 (ses_3) (the next period begins on Wed 18 Feb 2026, 12:00)');
    expect(refusal({ subscription, booked: both, startsAt: trialEnd + 31 * DAY })).toBeNull();
  });

  test('who has no e-mail here goes by the customer id', () => {
    expect(refusal({ booked: [session(START + DAY, { email: null })] })).toContain('conflict: cus_1 has a session');
  });

  test('sessions of others do not count', () => {
    expect(refusal({ booked: [grace], startsAt: START + 5 * DAY })).toBeNull();
  });
});

describe('two sessions at once', () => {
  test.each([
    [-60, null],
    [-59, 'grace@example.com'],
    [0, 'grace@example.com'],
    [59, 'grace@example.com'],
    [60, null],
  ])('%d minutes from the other', (minutes, who) => {
    const told = refusal({ booked: [grace], startsAt: grace.startsAt + minutes * MINUTE });
    expect(told).toBe(who && `conflict: ${who} has the session of Sat 17 Jan, 12:00 (ses_2) (sessions take 60 minutes: book another time)`);
  });
});

describe('of several reasons the first is the one that another hour would not mend', () => {
  const everything: Partial<Wish> = { startsAt: START - 1, subscription: subscribed({ status: 'paused', cancel_at: START - 1 }), booked: [grace, session(START - 1)] };

  test.each<[string, Partial<Wish>]>([
    ['has passed', everything],
    ['on hold', { ...everything, startsAt: grace.startsAt }],
    ['ends on', { ...everything, startsAt: grace.startsAt, subscription: subscribed({ cancel_at: grace.startsAt }) }],
    ['already', { ...everything, startsAt: grace.startsAt, booked: [grace, session(grace.startsAt + DAY)], subscription: subscribed() }],
    ['sessions take 60 minutes', { ...everything, startsAt: grace.startsAt, booked: [grace], subscription: subscribed() }],
  ])('%s', (first, wish) => {
    expect(refusal(wish)).toContain(first);
  });
});
