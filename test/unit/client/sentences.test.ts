/** The sentences about payments, sessions, dates, the package and errors. */
import { expect, test } from 'vitest';
import type { PaymentProblem, SessionFate } from '../../../client/src/lib/dashboard-state.ts';
import { asSentence, cancelledSessionWords, milestoneSentence, packageSentence, paymentSentences, standingWords } from '../../../client/src/lib/sentences.ts';
import { aFailedPayment } from './literals.ts';

const FRIDAY = '2026-11-27T12:00:00Z';
const UNTIL = '2026-11-25T12:00:00Z';

function aProblem(changes: Partial<PaymentProblem> = {}): PaymentProblem {
  return { failedPayment: aFailedPayment(), isCharging: false, session: null, ...changes };
}

test('a failed payment tells amount, day, card, reason, next try and what it means for the session', () => {
  const [what, next, session] = paymentSentences(aProblem({ session: { kind: 'cancelled', at: FRIDAY } }), 'en-US');
  expect(what).toBe('The payment of $60.00 on November 20, 2026 with your card Visa 0341 failed: insufficient funds.');
  expect(next).toBe('Stripe tries again on November 23, 2026.');
  expect(session).toMatch(/^Your session on Friday, November 27, 2026 at \d{1,2}:00 [AP]M \S+ is cancelled\.$/);
});

test('what Stripe has not said yet is left out', () => {
  const failedPayment = aFailedPayment({ card: null, reason: null, nextAttempt: null });
  expect(paymentSentences(aProblem({ failedPayment }), 'en-US')).toEqual([
    'The payment of $60.00 on November 20, 2026 failed.',
    'Stripe does not try again by itself.',
  ]);
});

test('a payment problem without details is still a problem', () => {
  expect(paymentSentences(aProblem({ failedPayment: null, session: { kind: 'none' } }))).toEqual([
    'Your last payment did not go through.',
    'You have no session booked; the next one can be booked once it is paid.',
  ]);
});

test('a bank that asks is answered at Stripe: no next try helps', () => {
  const failedPayment = aFailedPayment({ needsConfirmation: true, reason: 'the bank asks the customer to confirm', card: 'Visa 3184' });
  expect(paymentSentences(aProblem({ failedPayment }), 'en-US')).toEqual([
    'The payment of $60.00 on November 20, 2026 with your card Visa 3184 waits for you: your bank asks you to confirm it.',
    'Open the invoice at Stripe and confirm it there, or choose another card.',
  ]);
});

test.each([aFailedPayment(), aFailedPayment({ needsConfirmation: true }), null])('while a new card pays, nothing else comes next', (failedPayment) => {
  expect(paymentSentences(aProblem({ failedPayment, isCharging: true })).slice(1)).toEqual(['Your new card is being charged now.']);
});

test.each([
  [{ kind: 'cancelled', at: FRIDAY }, /^Your session on Friday, .* is cancelled\.$/],
  [{ kind: 'on-hold', at: FRIDAY }, /^Your session on Friday, .* is on hold until it is paid\.$/],
  [{ kind: 'on', at: FRIDAY }, /^Your session on Friday, .* takes place\.$/],
  [{ kind: 'on-for-now', at: FRIDAY, until: UNTIL }, /^Your session on Friday, .* is on; it is cancelled if the payment has not come by November 25, 2026\.$/],
  [{ kind: 'none-in-grace', until: UNTIL }, /^You can have sessions until November 25, 2026; then they wait for the payment\.$/],
] satisfies Array<[SessionFate, RegExp]>)('the session, %j', (session, sentence) => {
  expect(paymentSentences(aProblem({ session }), 'en-US').at(-1)).toMatch(sentence);
});

test.each([
  [{ verdict: 'on', reason: 'subscribed' }, false, 'On: subscribed'],
  [{ verdict: 'hold', reason: 'the payment failed' }, false, 'On hold: the payment failed'],
  [{ verdict: 'hold', reason: 'the payment failed' }, true, 'On hold: it waits for the payment'],
  [{ verdict: 'off', reason: 'the payment failed' }, true, 'Off: a payment is missing'],
  [{ verdict: 'on', reason: 'the payment failed' }, true, 'On: although a payment is missing'],
  [{ verdict: 'on', reason: 'the payment failed', graceUntil: UNTIL }, true, 'On: in grace until November 25, 2026'],
] as const)('the verdict %j, told by a banner: %s', (standing, isTold, words) => {
  const { verdict, why } = standingWords(standing, isTold, 'en-US');
  expect(`${verdict}: ${why}`).toBe(words);
});

test.each([
  ['beside the banner', { paid: false, verdict: 'hold', isTold: true }, /^cancelled$/],
  ['without one', { paid: false, verdict: 'off', isTold: false }, /^cancelled because the payment failed$/],
  ['paid', { paid: true, verdict: 'on', isTold: false }, /^cancelled because the payment failed\. The payment came: we will put it back/],
  ['paid, and ended since', { paid: true, verdict: 'off', isTold: false }, /^cancelled because the payment failed$/],
] as const)('a cancelled session, %s', (_when, { paid, verdict, isTold }, words) => {
  expect(cancelledSessionWords({ id: 'ses_1', startsAt: FRIDAY, paid }, { verdict, reason: '' }, isTold)).toMatch(words);
});

test.each([
  ['ends', 'Your subscription ends on November 26, 2026.'],
  ['trial-until', 'Your trial runs until November 26, 2026; the first payment follows then.'],
  ['renews', 'Your subscription renews on November 26, 2026.'],
] as const)('the milestone "%s" is a sentence', (kind, sentence) => {
  expect(milestoneSentence({ kind, at: '2026-11-26T12:00:00Z' }, 'en-US')).toBe(sentence);
});

test.each([
  ['active', 'monthly', 'You are subscribed to the monthly package'],
  ['past_due', 'monthly', 'You are subscribed to the monthly package'],
  ['active', 'other', 'You are subscribed to another package'],
  ['incomplete', 'monthly', 'Your subscription to the monthly package waits for its first payment'],
] as const)('%s and %s: %s', (status, type, sentence) => {
  expect(packageSentence({ status, type })).toBe(sentence);
});

test.each([
  ['e-mail or password is wrong', 'E-mail or password is wrong.'],
  ['Does it end?', 'Does it end?'],
])('"%s" as a sentence is "%s"', (text, sentence) => {
  expect(asSentence(text)).toBe(sentence);
});
