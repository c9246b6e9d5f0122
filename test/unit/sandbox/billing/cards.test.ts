import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cardByFingerprint,
  declineOf,
  fingerprintOf,
  magicCard,
  passesLuhn,
  readCard,
  TEST_CARDS,
} from '../../../../sandbox/billing/cards.ts';
import { attachPaymentMethod, createFromMagicName, createPaymentMethod } from '../../../../sandbox/billing/payment-methods.ts';
import { addCustomer, GOOD_CARD, openBillingWorld, refusalOf, START, subscribe } from './billing-world.ts';

describe('what each test card does', () => {
  test.each([
    ['4242424242424242', undefined, undefined],
    ['4000000000000341', undefined, 'generic_decline'],
    ['4000000000000002', 'generic_decline', 'generic_decline'],
    ['4000000000009995', 'insufficient_funds', 'insufficient_funds'],
    ['4000000000009987', 'lost_card', 'lost_card'],
    ['4000000000009979', 'stolen_card', 'stolen_card'],
    ['4000000000000069', 'expired_card', 'expired_card'],
    ['4000000000000127', 'incorrect_cvc', 'incorrect_cvc'],
    ['4000000000000119', 'processing_error', 'processing_error'],
    ['4000000000006975', 'card_velocity_exceeded', 'card_velocity_exceeded'],
    ['4100000000000019', undefined, 'fraudulent'],
  ])('%s', (number, atSetup, atCharge) => {
    const card = readCard({ ...GOOD_CARD, number }, START);
    expect([card.atSetup, card.atCharge]).toEqual([atSetup, atCharge]);
  });

  test.each([
    ['pm_card_visa', '4242424242424242'],
    ['pm_card_chargeCustomerFail', '4000000000000341'],
    ['tok_chargeCustomerFail', '4000000000000341'],
    ['pm_card_visa_chargeDeclined', '4000000000000002'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', '4000000000009995'],
    ['pm_card_chargeDeclinedExpiredCard', '4000000000000069'],
    ['pm_card_authenticationRequiredOnSetup', '4000002500003155'],
    ['pm_card_radarBlock', '4100000000000019'],
  ])('%s is %s', (name, number) => {
    expect(magicCard(name)?.number).toBe(number);
  });

  test('a name that is none of theirs is no card', () => {
    expect(magicCard('pm_card_none')).toBeUndefined();
    expect(magicCard('pm_1ABCDEF')).toBeUndefined();
  });

  test('the words of the bank', () => {
    expect(declineOf('generic_decline')).toEqual({
      code: 'card_declined',
      decline_code: 'generic_decline',
      advice_code: 'try_again_later',
      network_decline_code: '01',
      message: 'Your card was declined.',
    });
    expect(declineOf('insufficient_funds').message).toBe('Your card has insufficient funds.');
  });
});

describe('what is typed', () => {
  test.each([
    ['a wrong check digit', { number: '4242424242424241' }, 'incorrect_number'],
    ['no number at all', { number: '' }, 'incorrect_number'],
    ['a month past', { expMonth: 12, expYear: 25 }, 'invalid_expiry_year'],
    ['an earlier month of this year', { expMonth: 0, expYear: 26 }, 'invalid_expiry_month'],
    ['a 13th month', { expMonth: 13 }, 'invalid_expiry_month'],
    ['a short security code', { cvc: '12' }, 'invalid_cvc'],
    ['a card that is none of the test cards', { number: '4111111111111111' }, 'card_declined'],
  ])('%s is refused', (_case, typed, code) => {
    expect(refusalOf(() => readCard({ ...GOOD_CARD, ...typed }, START))).toMatchObject({
      status: 402,
      keepsWrites: false,
      body: { type: 'card_error', code },
    });
  });

  test('blanks are fine, and so are this very month and a year in full', () => {
    expect(readCard({ number: '4242 4242 4242 4242', expMonth: 1, expYear: 2026 }, START).brand).toBe('visa');
  });

  test('one changed digit never passes the check', () => {
    const digit = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(fc.constantFrom(...TEST_CARDS), fc.nat(11), digit, ({ number }, index, replacement) => {
        fc.pre(number[index] !== String(replacement));
        expect(passesLuhn(number.slice(0, index) + replacement + number.slice(index + 1))).toBe(false);
      }),
    );
  });

  test('every test card passes it and is found by its fingerprint', () => {
    for (const card of TEST_CARDS) {
      expect(passesLuhn(card.number)).toBe(true);
      expect(cardByFingerprint(fingerprintOf(card))).toBe(card);
    }
  });
});

describe('keeping a card', () => {
  test('a magic name makes a new card each time', () => {
    const world = openBillingWorld();
    const customer = addCustomer(world);
    const [one, other] = [attachPaymentMethod(world, 'pm_card_visa', customer.id), attachPaymentMethod(world, 'pm_card_visa', customer.id)];
    expect(one.id).not.toBe(other.id);
    expect(one).toMatchObject({ customer: customer.id, card: { last4: '4242', brand: 'visa', checks: { cvc_check: 'pass' } } });
    expect(world.toldTypes()).toEqual(['payment_method.attached', 'payment_method.attached']);
  });

  test('a refused card is not attached, somebody else’s neither', () => {
    const world = openBillingWorld();
    const customer = addCustomer(world);
    expect(refusalOf(() => attachPaymentMethod(world, 'pm_card_visa_chargeDeclined', customer.id)).status).toBe(402);
    const taken = attachPaymentMethod(world, 'pm_card_visa', addCustomer(world).id);
    expect(refusalOf(() => attachPaymentMethod(world, taken.id, customer.id)).status).toBe(400);
  });

  test('a wrong security code matters only where one is given', () => {
    const world = openBillingWorld();
    const customer = addCustomer(world);
    const number = '4000000000000127';
    const without = createPaymentMethod(world, { ...GOOD_CARD, number, cvc: undefined });
    expect(attachPaymentMethod(world, without.id, customer.id).customer).toBe(customer.id);
    const given = createPaymentMethod(world, { ...GOOD_CARD, number });
    expect(refusalOf(() => attachPaymentMethod(world, given.id, customer.id)).body.code).toBe('incorrect_cvc');
  });

  test('a card that needs its holder cannot be charged without one', () => {
    const world = openBillingWorld();
    const card = createFromMagicName(world, 'pm_card_authenticationRequiredOnSetup');
    expect(card?.card?.last4).toBe('3155');
    subscribe(world, {}, { ...GOOD_CARD, number: '4000002500003155' });
    const types = world.toldTypes();
    expect(types).toContain('payment_intent.requires_action');
    expect(types).toContain('invoice.payment_action_required');
    expect(types).not.toContain('charge.failed');
  });
});
