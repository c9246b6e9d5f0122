import { expect, test } from 'vitest';
import { endedBefore, endedNow } from '../../../../cli/render/end.ts';
import { subscriptionView } from '../../../../core/billing/subscription-view.ts';
import type { Session } from '../../../../core/sessions/session.ts';
import { CUSTOMER, DAY, START, subscriptionState, TERMS } from '../../../support/stripe-objects.ts';

const ended = subscriptionView({ subscription: subscriptionState({ status: 'canceled', ended_at: START }), invoice: undefined, email: 'ada@example.com' }, TERMS);
const session: Session = { id: 'ses_1', customer: CUSTOMER, email: null, startsAt: START + DAY, state: 'cancelled', reason: 'ended', invoice: null, paidAt: null };
const SAID = 'sub_1 of ada@example.com ended on 15 Jan 2026, without proration and without a final invoice.';

test.each([
  ['is cancelled', [session], 'The session of Fri 16 Jan, 12:00 (ses_1) is cancelled.'],
  ['stays where the customer has another subscription', [{ ...session, state: 'booked' as const }], 'The session of Fri 16 Jan, 12:00 (ses_1) stays booked: the customer has another subscription.'],
  ['was not there', [], 'No session was booked.'],
])('what was booked %s', (_what, sessions, sentence) => {
  expect(endedNow(ended, sessions, TERMS)).toEqual([SAID, sentence]);
});

test('what never began has no day of its end', () => {
  const expired = subscriptionView({ subscription: subscriptionState({ status: 'incomplete_expired' }), invoice: undefined, email: null }, TERMS);
  expect(endedBefore(expired, TERMS)).toEqual(['Nothing to do: sub_1 of cus_1 ended already.']);
});
