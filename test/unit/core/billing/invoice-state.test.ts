import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { invoiceAfter, invoiceAsAnswered } from '../../../../core/billing/invoice-state.ts';
import { HOUR, invoice, invoiceState, START, SUBSCRIPTION } from '../../../support/stripe-objects.ts';

const FAILED_AT = START + HOUR;
const failed = invoiceState({ asOf: FAILED_AT, failedAt: FAILED_AT, failureCode: 'insufficient_funds', card: 'Visa 0341' });

describe('an invoice event', () => {
  test('tells what the invoice says about money', () => {
    const shown = invoice({ amount_due: 6000, amount_remaining: 5900, next_payment_attempt: START + 33 * HOUR });
    expect(invoiceAfter({ type: 'invoice.updated', created: START + 1 }, shown, undefined)).toEqual({
      id: 'in_1',
      subscription: SUBSCRIPTION,
      status: 'open',
      created: START,
      asOf: START + 1,
      amountDue: 5900,
      currency: 'usd',
      nextAttempt: START + 33 * HOUR,
      failedAt: null,
      firstFailedAt: null,
      failureCode: null,
      card: null,
    });
  });

  test.each(['invoice.payment_failed', 'invoice.payment_action_required'])('%s raises the failure', (type) => {
    expect(invoiceAfter({ type, created: FAILED_AT }, invoice(), invoiceState())).toMatchObject({ failedAt: FAILED_AT, asOf: FAILED_AT });
  });

  test.each(['invoice.updated', 'invoice.finalized', 'invoice.created', 'invoice.overdue'])('%s of the open invoice leaves the failure standing', (type) => {
    const after = invoiceAfter({ type, created: FAILED_AT + 1 }, invoice({ next_payment_attempt: START + 40 * HOUR }), failed);
    expect(after).toMatchObject({ failedAt: FAILED_AT, failureCode: 'insufficient_funds', card: 'Visa 0341', nextAttempt: START + 40 * HOUR });
  });

  test.each(['paid', 'void', 'uncollectible'] as const)('only when the invoice is %s the failure is over', (status) => {
    const after = invoiceAfter({ type: 'invoice.updated', created: FAILED_AT + 1 }, invoice({ status }), failed);
    expect(after).toMatchObject({ status, failedAt: null, failureCode: null, card: null });
  });

  test('a second failure moves its time', () => {
    const again = FAILED_AT + 33 * HOUR;
    expect(invoiceAfter({ type: 'invoice.payment_failed', created: again }, invoice(), failed)?.failedAt).toBe(again);
  });

  test('an older snapshot changes nothing', () => {
    expect(invoiceAfter({ type: 'invoice.updated', created: FAILED_AT - 1 }, invoice({ status: 'draft' }), failed)).toBe(failed);
  });

  test.each(['paid', 'void', 'uncollectible'] as const)('it is never too late to hear that it is %s', (status) => {
    const after = invoiceAfter({ type: 'invoice.updated', created: FAILED_AT - 1 }, invoice({ status }), failed);
    expect(after).toMatchObject({ status, failedAt: null });
  });

  test('a failure that is heard of late still raises the flag, and nothing else', () => {
    const seen = invoiceState({ asOf: FAILED_AT + 10, nextAttempt: START + 40 * HOUR });
    expect(invoiceAfter({ type: 'invoice.payment_failed', created: FAILED_AT }, invoice(), seen)).toEqual({ ...seen, failedAt: FAILED_AT, firstFailedAt: FAILED_AT });
  });

  test('of several failures the last counts, in any order', () => {
    const late = invoiceAfter({ type: 'invoice.payment_failed', created: FAILED_AT - 60 }, invoice(), failed);
    expect(late?.failedAt).toBe(FAILED_AT);
  });

  test.each(['paid', 'void'] as const)('a %s invoice is never open again, whatever comes late or in the same second', (status) => {
    const settled = invoiceState({ status, asOf: FAILED_AT });
    for (const created of [FAILED_AT - 1, FAILED_AT, FAILED_AT + 1]) {
      expect(invoiceAfter({ type: 'invoice.payment_failed', created }, invoice(), settled)).toBe(settled);
    }
  });

  test('what was written off can still be paid', () => {
    const writtenOff = invoiceState({ status: 'uncollectible', asOf: START });
    expect(invoiceAfter({ type: 'invoice.paid', created: FAILED_AT }, invoice({ status: 'paid' }), writtenOff)?.status).toBe('paid');
  });

  test('what was paid is not written off, even in the same second', () => {
    const settled = invoiceState({ status: 'paid', asOf: FAILED_AT });
    expect(invoiceAfter({ type: 'invoice.marked_uncollectible', created: FAILED_AT }, invoice({ status: 'uncollectible' }), settled)).toBe(settled);
  });

  test('an invoice that bills no subscription is none of ours', () => {
    expect(invoiceAfter({ type: 'invoice.paid', created: START }, invoice({ parent: null }), undefined)).toBeUndefined();
  });
});

describe("Stripe's answer", () => {
  const attempted = (fields: Partial<Stripe.Invoice> = {}) => invoice({ attempted: true, ...fields });

  function withFailure(error: object, created = FAILED_AT): Partial<Stripe.Invoice> {
    const payment = { created, payment: { type: 'payment_intent', payment_intent: { id: 'pi_1', last_payment_error: error } } };
    return { payments: { object: 'list', data: [payment], has_more: false, url: '' } as unknown as NonNullable<Stripe.Invoice['payments']> };
  }
  const declined = (card: object) => withFailure({ code: 'card_declined', decline_code: 'insufficient_funds', payment_method: { card } });

  test('says why the payment failed, and with which card', () => {
    const answered = invoiceAsAnswered(attempted(declined({ brand: 'visa', display_brand: 'visa', last4: '0341' })), FAILED_AT + 5, undefined);
    expect(answered).toMatchObject({ failedAt: FAILED_AT, failureCode: 'insufficient_funds', card: 'Visa 0341', asOf: FAILED_AT + 5 });
  });

  test('that the bank waits for the customer is told without an error, and not of the card that failed before', () => {
    const { payments } = withFailure({});
    const waiting = { ...payments?.data[0], payment: { type: 'payment_intent', payment_intent: { id: 'pi_1', status: 'requires_action', last_payment_error: null } } };
    const answered = attempted({ payments: { ...payments, data: [waiting] } as unknown as NonNullable<Stripe.Invoice['payments']> });
    const before = invoiceState({ failedAt: START, failureCode: 'expired_card', card: 'Visa 0341' });
    expect(invoiceAsAnswered(answered, FAILED_AT, before)).toMatchObject({ failureCode: 'authentication_required', card: null, failedAt: START });
  });

  test.each([
    [{ brand: 'mastercard', display_brand: null, last4: '4444' }, 'Mastercard 4444'],
    [{ brand: 'visa', display_brand: 'cartes_bancaires', last4: '1001' }, 'Cartes bancaires 1001'],
    [{ brand: 'visa', display_brand: 'visa', last4: null }, null],
  ])('names the card %j as people do: %s', (card, name) => {
    expect(invoiceAsAnswered(attempted(declined(card)), FAILED_AT, undefined)?.card).toBe(name);
  });

  test('keeps the time that the event told', () => {
    const answered = invoiceAsAnswered(attempted(declined({ brand: 'visa', last4: '0341' })), FAILED_AT + 5, invoiceState({ failedAt: FAILED_AT + 2 }));
    expect(answered?.failedAt).toBe(FAILED_AT + 2);
  });

  test('the last of several failures counts', () => {
    const [first] = withFailure({ code: 'card_declined', decline_code: 'lost_card' }, START).payments?.data ?? [];
    const both = withFailure({ code: 'expired_card' });
    both.payments?.data.unshift(first as never);
    expect(invoiceAsAnswered(attempted(both), FAILED_AT, undefined)).toMatchObject({ failureCode: 'expired_card', failedAt: FAILED_AT });
  });

  test('an open invoice that was tried in vain has failed, even where no reason is told', () => {
    expect(invoiceAsAnswered(attempted(), FAILED_AT, undefined)).toMatchObject({ failedAt: FAILED_AT, failureCode: null, card: null });
  });

  test('an open invoice that was not tried yet has not failed', () => {
    expect(invoiceAsAnswered(invoice(), START, undefined)?.failedAt).toBeNull();
  });

  test('without a word of the failure that is known leaves it standing: only the money ends it', () => {
    expect(invoiceAsAnswered(invoice(), FAILED_AT + 5, failed)).toMatchObject({ failedAt: FAILED_AT, failureCode: 'insufficient_funds' });
  });

  test('a paid invoice clears the failure', () => {
    expect(invoiceAsAnswered(invoice({ status: 'paid', attempted: true }), FAILED_AT + 5, failed)).toMatchObject({ status: 'paid', failedAt: null });
  });

  test('an answer that was overtaken by the payment does not open the invoice again', () => {
    const paid = invoiceState({ status: 'paid', asOf: FAILED_AT + 10 });
    expect(invoiceAsAnswered(attempted(), FAILED_AT, paid)).toBe(paid);
  });

  test('an invoice that bills no subscription is none of ours', () => {
    expect(invoiceAsAnswered(invoice({ parent: null }), START, undefined)).toBeUndefined();
  });
});
