/** What the dashboard shows for each state that a subscription can be in. */
import { describe, expect, test } from 'vitest';
import type { UserView } from '../../../daemon/contract.ts';
import { dashboardState, isSubscribed } from '../../../client/src/lib/dashboard-state.ts';
import { aFailedPayment, aSubscription, aUser } from './literals.ts';

const HOLD = { verdict: 'hold', reason: 'a payment failed' } as const;

describe('without a running subscription', () => {
  test('there never was one', () => {
    expect(dashboardState(aUser())).toEqual({ kind: 'no-subscription' });
  });

  test('a canceled one has ended, whatever is still owed', () => {
    const subscription = aSubscription({
      status: 'canceled',
      endedAt: '2026-11-23T12:00:00Z',
      endsAt: '2026-11-23T12:00:00Z',
      failedPayment: aFailedPayment(),
    });
    expect(dashboardState(aUser({ subscription }))).toEqual({ kind: 'ended', endedAt: '2026-11-23T12:00:00Z' });
  });

  test('one whose first payment never came has not started', () => {
    const subscription = aSubscription({ status: 'incomplete_expired', endedAt: '2026-11-23T12:00:00Z' });
    expect(dashboardState(aUser({ subscription }))).toEqual({ kind: 'never-started' });
  });
});

describe('the date that matters next', () => {
  const milestoneOf = (changes: Parameters<typeof aSubscription>[0]) => {
    const state = dashboardState(aUser({ subscription: aSubscription(changes) }));
    return state.kind === 'subscribed' ? state.milestone : 'not subscribed';
  };

  test('is the renewal of an active subscription', () => {
    expect(milestoneOf({ status: 'active' })).toEqual({ kind: 'renews', at: '2026-12-20T12:00:00Z' });
  });

  test('is the end of a trial', () => {
    expect(milestoneOf({ status: 'trialing', trialEnd: '2026-11-26T12:00:00Z' })).toEqual({
      kind: 'trial-until',
      at: '2026-11-26T12:00:00Z',
    });
  });

  test.each(['active', 'trialing', 'past_due'])('is a scheduled end before all else (%s)', (status) => {
    const endsAt = '2026-12-01T12:00:00Z';
    expect(milestoneOf({ status, trialEnd: '2026-11-26T12:00:00Z', endsAt })).toEqual({ kind: 'ends', at: endsAt });
  });

  test.each(['past_due', 'unpaid', 'incomplete', 'paused'])('is none where nothing renews by itself (%s)', (status) => {
    expect(milestoneOf({ status })).toBeNull();
  });

  test('is none for an active subscription that owes a payment', () => {
    expect(milestoneOf({ status: 'active', failedPayment: aFailedPayment() })).toBeNull();
  });
});

describe('a payment problem', () => {
  const problemOf = (changes: Parameters<typeof aSubscription>[0]) => {
    const state = dashboardState(aUser({ subscription: aSubscription(changes) }));
    return state.kind === 'subscribed' ? state.paymentProblem : 'not subscribed';
  };

  test('is a failed payment, even while the status still says active', () => {
    const failedPayment = aFailedPayment();
    expect(problemOf({ status: 'active', failedPayment, standing: HOLD })).toEqual({ failedPayment, isCharging: false, session: { kind: 'none' } });
  });

  test.each(['past_due', 'unpaid'])('is known from the status before its invoice is (%s)', (status) => {
    expect(problemOf({ status, standing: HOLD })).toMatchObject({ failedPayment: null });
  });

  test.each(['active', 'trialing', 'incomplete', 'paused'])('is not made up (%s)', (status) => {
    expect(problemOf({ status })).toBeNull();
  });
});

describe('what a missing payment means for the session', () => {
  const FRIDAY = '2026-11-27T14:00:00.000Z';
  const fateOf = (changes: Partial<UserView>) => {
    const state = dashboardState(aUser({ subscription: aSubscription({ status: 'past_due', failedPayment: aFailedPayment() }), ...changes }));
    return state.kind === 'subscribed' ? state.paymentProblem?.session : 'not subscribed';
  };
  const booked = { id: 'ses_1', startsAt: FRIDAY, hasBegun: false };
  const cancelled = { id: 'ses_1', startsAt: FRIDAY, paid: false };
  const graceUntil = (graceUntil: string) => ({ verdict: 'on', reason: 'in grace', graceUntil }) as const;

  test('it is cancelled, whatever comes later', () => {
    expect(fateOf({ standing: HOLD, cancelledSession: cancelled })).toEqual({ kind: 'cancelled', at: FRIDAY });
    const nextSession = { ...booked, id: 'ses_2', startsAt: '2026-12-25T14:00:00.000Z' };
    expect(fateOf({ standing: HOLD, cancelledSession: cancelled, nextSession })).toEqual({ kind: 'cancelled', at: FRIDAY });
  });

  test.each(['hold', 'off'] as const)('a later one waits (%s)', (verdict) => {
    expect(fateOf({ standing: { ...HOLD, verdict }, nextSession: booked })).toEqual({ kind: 'on-hold', at: FRIDAY });
  });

  test('none was booked', () => {
    expect(fateOf({ standing: HOLD })).toEqual({ kind: 'none' });
  });

  test.each([
    ['before it', '2026-11-26T12:00:00.000Z', { kind: 'on-for-now', at: FRIDAY, until: '2026-11-26T12:00:00.000Z' }],
    ['as it begins', FRIDAY, { kind: 'on-for-now', at: FRIDAY, until: FRIDAY }],
    ['after it', '2026-11-28T12:00:00.000Z', { kind: 'on', at: FRIDAY }],
  ])('grace that ends %s', (_when, until, fate) => {
    expect(fateOf({ standing: graceUntil(until), nextSession: booked })).toEqual(fate);
  });

  test('grace without a session', () => {
    expect(fateOf({ standing: graceUntil(FRIDAY) })).toEqual({ kind: 'none-in-grace', until: FRIDAY });
  });

  test('an owner who goes on without the money', () => {
    const standing = { verdict: 'on', reason: 'a payment failed' } as const;
    expect(fateOf({ standing, nextSession: booked })).toEqual({ kind: 'on', at: FRIDAY });
    expect(fateOf({ standing })).toBeNull();
  });

  test('nothing for one that has begun', () => {
    expect(fateOf({ standing: HOLD, nextSession: { ...booked, hasBegun: true } })).toBeNull();
  });
});

test.each([
  ['active', true],
  ['trialing', true],
  ['past_due', true],
  ['incomplete', true],
  ['paused', true],
  ['canceled', false],
  ['incomplete_expired', false],
])('with %s there is nothing to buy: %s', (status, expected) => {
  expect(isSubscribed(aUser({ subscription: aSubscription({ status }) }))).toBe(expected);
});
