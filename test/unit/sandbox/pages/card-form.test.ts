import { describe, expect, test } from 'vitest';
import { readCardForm, tryCard } from '../../../../sandbox/pages/card-form.ts';
import { cardError, invalidRequest } from '../../../../sandbox/wire/errors.ts';

const NOW = Date.UTC(2026, 10, 23) / 1000;
const GOOD = { number: '4242 4242 4242 4242', expiry: '12 / 34', cvc: '123' };

describe('readCardForm', () => {
  test.each(['12 / 34', '1234', '12/34', '12/2034', '122034', ' 12 /34 '])('reads the expiry %j', (expiry) => {
    expect(readCardForm({ ...GOOD, expiry }, NOW)).toEqual({ card: { number: '4242424242424242', expMonth: 12, expYear: 2034, cvc: '123' } });
  });

  test.each([
    ['number', '', 'Your card number is incomplete.'],
    ['number', '4242 4242', 'Your card number is incomplete.'],
    ['number', '4242 4242 4242 4241', 'Your card number is invalid.'],
    ['number', '42424242424242424242', 'Your card number is invalid.'],
    ['expiry', '', "Your card's expiration date is incomplete."],
    ['expiry', '12', "Your card's expiration date is incomplete."],
    ['expiry', '13 / 34', "Your card's expiration date is invalid."],
    ['expiry', '00 / 34', "Your card's expiration date is invalid."],
    ['expiry', '10 / 26', "Your card's expiration date is in the past."],
    ['cvc', '12', "Your card's security code is incomplete."],
    ['cvc', '12345', "Your card's security code is invalid."],
  ] as const)('finds a wrong %s %j', (part, text, problem) => {
    expect(readCardForm({ ...GOOD, [part]: text }, NOW)).toEqual({ problems: { [part]: problem } });
  });

  test('a card is good until the end of its month', () => {
    expect(readCardForm({ ...GOOD, expiry: '11 / 26' }, NOW)).toHaveProperty('card');
  });
});

describe('tryCard', () => {
  const ids = { number: 'cardNumber', expiry: 'cardExpiry', cvc: 'cardCvc' };
  const fields = { cardNumber: GOOD.number, cardExpiry: GOOD.expiry, cardCvc: GOOD.cvc };

  test('gives the card on when all is in order', () => {
    expect(tryCard({ ids, fields }, NOW, (card) => card.number)).toEqual({ done: '4242424242424242' });
  });

  test('asks no bank while anything else in the form is wrong', () => {
    const attempt = tryCard({ ids, fields: { ...fields, cardCvc: '' }, otherErrors: { billingName: 'Required' } }, NOW, neverCalled);
    expect(attempt).toEqual({
      status: 422,
      errors: { billingName: 'Required', cardCvc: "Your card's security code is incomplete." },
    });
    expect(tryCard({ ids, fields, otherErrors: { email: 'Required' } }, NOW, neverCalled)).toEqual({ status: 422, errors: { email: 'Required' } });
  });

  test.each([
    ['card_declined', 'cardNumber'],
    ['incorrect_cvc', 'cardCvc'],
    ['expired_card', 'cardExpiry'],
  ])('puts the refusal %s below %s', (code, field) => {
    const refuse = () => {
      throw cardError({ code, message: 'No.' });
    };
    expect(tryCard({ ids, fields }, NOW, refuse)).toEqual({ status: 402, errors: { [field]: 'No.' } });
  });

  test('lets errors go on that are not about the card', () => {
    const refuse = () => {
      throw invalidRequest('This session cannot be paid any more.');
    };
    expect(() => tryCard({ ids, fields }, NOW, refuse)).toThrow('cannot be paid any more');
  });
});

function neverCalled(): never {
  throw new Error('the bank was asked');
}
