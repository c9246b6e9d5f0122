/** The sentences about payments, dates, the package and errors. */
import { expect, test } from 'vitest';
import { asSentence, milestoneSentence, packageSentence, paymentSentences } from '../../../client/src/lib/sentences.ts';
import { aFailedPayment } from './literals.ts';

test('a failed payment tells amount, day, card, reason, next try and what it means for the session', () => {
  expect(paymentSentences({ failedPayment: aFailedPayment(), sessionIsOff: true }, 'en-US')).toEqual([
    'The payment of $60.00 on November 20, 2026 with your card Visa 0341 failed: insufficient funds.',
    'Stripe tries again on November 23, 2026.',
    'Your next session is off until it is paid.',
  ]);
});

test('what Stripe has not said yet is left out', () => {
  const failedPayment = aFailedPayment({ card: null, reason: null, nextAttempt: null });
  expect(paymentSentences({ failedPayment, sessionIsOff: false }, 'en-US')).toEqual([
    'The payment of $60.00 on November 20, 2026 failed.',
    'Stripe does not try again by itself.',
  ]);
});

test('a payment problem without details is still a problem', () => {
  expect(paymentSentences({ failedPayment: null, sessionIsOff: true })).toEqual([
    'Your last payment did not go through.',
    'Your next session is off until it is paid.',
  ]);
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
