/** Payment intents, setup intents, refunds and plans through the real SDK. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

const pay = (fields: object = {}) =>
  sandbox.stripe.paymentIntents.create({ amount: 2000, currency: 'usd', confirm: true, payment_method: 'pm_card_visa', ...fields });

describe('a payment intent', () => {
  test('is charged, booked and refunded', async () => {
    const paid = await pay({ expand: ['latest_charge.balance_transaction'] });
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: 2000,
      capture_method: 'automatic_async',
      latest_charge: { captured: true, balance_transaction: { amount: 2000, fee: 88, net: 1912, type: 'charge' } },
    });
    const refund = await sandbox.stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
    expect(refund).toMatchObject({ amount: 500, status: 'succeeded', payment_intent: paid.id });
    await expect(sandbox.stripe.refunds.create({ payment_intent: paid.id, amount: 1501 })).rejects.toMatchObject({ param: 'amount' });
  });

  test.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', ''],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', ''],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', ''],
    ['pm_card_chargeCustomerFail', 'card_declined', 'generic_decline'],
    ['pm_card_radarBlock', 'card_declined', 'fraudulent'],
  ])('is declined by %s, and what the try left behind stays', async (card, code, declineCode) => {
    const error = await pay({ payment_method: card }).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ statusCode: 402, type: 'StripeCardError', code, decline_code: declineCode });
    const { payment_intent: intent } = error as { payment_intent: { id: string } };
    const kept = await sandbox.stripe.paymentIntents.retrieve(intent.id);
    expect(kept).toMatchObject({ status: 'requires_payment_method', payment_method: null, last_payment_error: { code } });
    const [charge] = (await sandbox.stripe.charges.list({ payment_intent: intent.id })).data;
    expect(charge).toMatchObject({ status: 'failed', failure_code: code, paid: false });
    expect((await sandbox.stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' })).status).toBe('succeeded');
  });

  test('asks for the holder of its card, or declines where nobody is there', async () => {
    const asking = await pay({ payment_method: 'pm_card_authenticationRequired', return_url: 'http://shop.test/' });
    expect(asking).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'redirect_to_url', redirect_to_url: { url: `${sandbox.url}/authenticate/${asking.id}` } },
    });
    await expect(pay({ payment_method: 'pm_card_authenticationRequired', off_session: true })).rejects.toMatchObject({
      code: 'authentication_required',
      decline_code: 'authentication_required',
    });
  });

  test('holds an amount until it is captured, and refuses what is past it', async () => {
    const { id } = await pay({ capture_method: 'manual' });
    await expect(sandbox.stripe.paymentIntents.capture(id, { amount_to_capture: 2001 })).rejects.toMatchObject({ code: 'amount_too_large' });
    expect(await sandbox.stripe.paymentIntents.capture(id, { amount_to_capture: 1500 })).toMatchObject({ status: 'succeeded', amount_received: 1500 });
    await expect(sandbox.stripe.paymentIntents.cancel(id)).rejects.toMatchObject({ code: 'payment_intent_unexpected_state' });
    await expect(sandbox.stripe.paymentIntents.update(id, { amount: 900 })).rejects.toMatchObject({ param: 'amount' });
  });

  test('pays the first invoice of a subscription that waits for it', async () => {
    const customer = await sandbox.stripe.customers.create();
    const price = await sandbox.stripe.prices.create({ currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' }, product_data: { name: 'A' } });
    const waiting = await sandbox.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      payment_behavior: 'default_incomplete',
    });
    const [payment] = (await sandbox.stripe.invoicePayments.list({ invoice: waiting.latest_invoice as string })).data;
    await sandbox.stripe.paymentIntents.confirm(payment!.payment.payment_intent as string, { payment_method: 'pm_card_visa' });
    expect((await sandbox.stripe.subscriptions.retrieve(waiting.id)).status).toBe('active');
  });
});

test('a set-up attaches its card, and prepares it for charges without its holder', async () => {
  const { id: customer } = await sandbox.stripe.customers.create();
  const { id } = await sandbox.stripe.setupIntents.create({ customer, payment_method: 'pm_card_visa', confirm: true });
  const done = await sandbox.stripe.setupIntents.retrieve(id, { expand: ['payment_method'] });
  expect(done).toMatchObject({ status: 'succeeded', payment_method: { customer, card: { last4: '4242' } } });
  await expect(sandbox.stripe.setupIntents.cancel(id)).rejects.toMatchObject({ code: 'setup_intent_unexpected_state' });
  const refused = sandbox.stripe.setupIntents.create({ payment_method: 'pm_card_chargeDeclined', confirm: true });
  await expect(refused).rejects.toMatchObject({ statusCode: 402, setup_intent: { last_setup_error: { code: 'card_declined' } } });
});

test('a plan is a recurring price, either way', async () => {
  const { plans, prices } = sandbox.stripe;
  const plan = await plans.create({ amount: 100, currency: 'usd', interval: 'week', product: { name: 'Weekly' } });
  expect(await prices.retrieve(plan.id)).toMatchObject({ unit_amount: 100, recurring: { interval: 'week' } });
  const price = await prices.create({ currency: 'usd', unit_amount: 5, recurring: { interval: 'month' }, product: plan.product as string });
  expect((await plans.list({ product: plan.product as string })).data.map(({ id }) => id)).toEqual([price.id, plan.id]);
  await plans.del(plan.id);
  await expect(prices.retrieve(plan.id)).rejects.toMatchObject({ statusCode: 404 });
});

test.each(['payment', 'setup'] as const)('Checkout in mode %s is completed by its page', async (mode) => {
  const price = await sandbox.stripe.prices.create({ currency: 'usd', unit_amount: 1500, product_data: { name: 'Mug' } });
  const lines = mode === 'payment' ? { line_items: [{ price: price.id, quantity: 2 }] } : { currency: 'usd' };
  const session = await sandbox.stripe.checkout.sessions.create({ mode, success_url: 'http://shop.test/', ...lines });
  expect(session).toMatchObject({ mode, status: 'open', payment_intent: null, amount_total: mode === 'payment' ? 3000 : null });
  const card = await sandbox.stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
  const confirm = (amount: number) =>
    sandbox.call(`/v1/payment_pages/${session.id}/confirm`, {
      method: 'POST',
      body: new URLSearchParams({ payment_method: card.id, expected_amount: String(amount) }),
    });
  expect((await confirm(1)).status).toBe(400);
  expect((await confirm(session.amount_total ?? 0)).status).toBe(200);
  expect(await sandbox.stripe.checkout.sessions.retrieve(session.id, { expand: [`${mode}_intent`] })).toMatchObject({
    status: 'complete',
    url: null,
    payment_status: mode === 'payment' ? 'paid' : 'no_payment_required',
    [`${mode}_intent`]: { status: 'succeeded', payment_method: card.id },
  });
});

test('a search is refused by its name', async () => {
  await expect(sandbox.stripe.customers.search({ query: "email:'a'" })).rejects.toThrow('The sandbox does not search');
});

test('what is no card is refused by its word', async () => {
  const debit = { type: 'sepa_debit', sepa_debit: { iban: 'AT611904300234573201' } } as const;
  await expect(sandbox.stripe.paymentMethods.create(debit)).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('sepa_debit') as string });
});
