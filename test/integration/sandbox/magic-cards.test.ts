/** The names that stand for test cards, wherever a payment method can be named. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TEST_CARDS } from '../../../sandbox/billing/cards.ts';
import { openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

/** By name what attaching the card and charging it once come to: `ok`, a decline, or a status that waits. */
const OUTCOMES: Record<string, [attached: string, charged: string]> = {
  visa: ['ok', 'succeeded'],
  visa_debit: ['ok', 'succeeded'],
  mastercard: ['ok', 'succeeded'],
  amex: ['ok', 'succeeded'],
  discover: ['ok', 'succeeded'],
  visa_chargeDeclined: ['generic_decline', 'generic_decline'],
  chargeDeclined: ['generic_decline', 'generic_decline'],
  visa_chargeDeclinedInsufficientFunds: ['insufficient_funds', 'insufficient_funds'],
  chargeDeclinedInsufficientFunds: ['insufficient_funds', 'insufficient_funds'],
  visa_chargeDeclinedLostCard: ['lost_card', 'lost_card'],
  visa_chargeDeclinedStolenCard: ['stolen_card', 'stolen_card'],
  chargeDeclinedExpiredCard: ['expired_card', 'expired_card'],
  chargeDeclinedIncorrectCvc: ['incorrect_cvc', 'incorrect_cvc'],
  chargeDeclinedProcessingError: ['processing_error', 'processing_error'],
  visa_chargeDeclinedVelocityLimitExceeded: ['card_velocity_exceeded', 'card_velocity_exceeded'],
  chargeCustomerFail: ['ok', 'generic_decline'],
  radarBlock: ['ok', 'fraudulent'],
  authenticationRequiredOnSetup: ['ok', 'requires_action'],
  authenticationRequired: ['ok', 'requires_action'],
  threeDSecure2Required: ['ok', 'requires_action'],
  threeDSecureRequiredChargeDeclined: ['ok', 'requires_action'],
};

const reasonOf = (error: unknown): string => {
  const { decline_code, code } = error as { decline_code?: string; code?: string };
  return [decline_code, code].find(Boolean) ?? String(error);
};

test('stand in one table', () => {
  expect(TEST_CARDS.flatMap(({ magicNames }) => magicNames).toSorted()).toEqual(Object.keys(OUTCOMES).toSorted());
});

test.each(Object.entries(OUTCOMES))('pm_card_%s', async (name, [attached, charged]) => {
  const { id: customer } = await sandbox.stripe.customers.create();
  const attaching = sandbox.stripe.paymentMethods.attach(`pm_card_${name}`, { customer }).then(() => 'ok', reasonOf);
  expect(await attaching).toBe(attached);
  const charging = sandbox.stripe.paymentIntents.create({ amount: 100, currency: 'usd', confirm: true, payment_method: `pm_card_${name}`, return_url: 'http://shop.test/' });
  expect(await charging.then(({ status }) => status, reasonOf)).toBe(charged);
  const token = await sandbox.stripe.paymentMethods.create({ type: 'card', card: { token: `tok_${name}` } });
  expect(token).toMatchObject({ object: 'payment_method', type: 'card' });
});

test.each(['pm_card_none', 'pm_card_bypassPending', 'pm_card_createDisputeInquiry', 'pm_card_', 'pm_card_constructor'])('%s is no card', async (name) => {
  const missing = { statusCode: 400, code: 'resource_missing', message: `No such PaymentMethod: '${name}'`, param: 'payment_method' };
  await expect(sandbox.stripe.paymentIntents.create({ amount: 100, currency: 'usd', payment_method: name })).rejects.toMatchObject(missing);
  await expect(sandbox.stripe.customers.create({ payment_method: name })).rejects.toMatchObject(missing);
});
