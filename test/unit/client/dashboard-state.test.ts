/** What the dashboard shows for each state that a subscription can be in. */
import { describe, expect, test } from 'vitest';
import { dashboardState, isSubscribed } from '../../../client/src/lib/dashboard-state.ts';
import { aFailedPayment, aSubscription } from './literals.ts';

const HOLD = { verdict: 'hold', reason: 'a payment failed' } as const;

describe('without a running subscription', () => {
  test('there never was one', () => {
    expect(dashboardState({ subscription: null })).toEqual({ kind: 'no-subscription' });
  });

  test('a canceled one has ended, whatever is still owed', () => {
    const subscription = aSubscription({
      status: 'canceled',
      endedAt: '2026-11-23T12:00:00Z',
      endsAt: '2026-11-23T12:00:00Z',
      failedPayment: aFailedPayment(),
    });
    expect(dashboardState({ subscription })).toEqual({ kind: 'ended', endedAt: '2026-11-23T12:00:00Z' });
  });

  test('one whose first payment never came has not started', () => {
    const subscription = aSubscription({ status: 'incomplete_expired', endedAt: '2026-11-23T12:00:00Z' });
    expect(dashboardState({ subscription })).toEqual({ kind: 'never-started' });
  });
});

describe('the date that matters next', () => {
  const milestoneOf = (changes: Parameters<typeof aSubscription>[0]) => {
    const state = dashboardState({ subscription: aSubscription(changes) });
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
    const state = dashboardState({ subscription: aSubscription(changes) });
    return state.kind === 'subscribed' ? state.paymentProblem : 'not subscribed';
  };

  test('is a failed payment, even while the status still says active', () => {
    const failedPayment = aFailedPayment();
    expect(problemOf({ status: 'active', failedPayment, standing: HOLD })).toEqual({ failedPayment, sessionIsOff: true });
  });

  test.each(['past_due', 'unpaid'])('is known from the status before its invoice is (%s)', (status) => {
    expect(problemOf({ status, standing: HOLD })).toEqual({ failedPayment: null, sessionIsOff: true });
  });

  test('leaves the session alone when the owner gives grace', () => {
    expect(problemOf({ status: 'past_due', failedPayment: aFailedPayment() })).toMatchObject({ sessionIsOff: false });
  });

  test.each(['active', 'trialing', 'incomplete', 'paused'])('is not made up (%s)', (status) => {
    expect(problemOf({ status })).toBeNull();
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
  expect(isSubscribed({ subscription: aSubscription({ status }) })).toBe(expected);
});
