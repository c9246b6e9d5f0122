import { expect, test } from 'vitest';
import { createCheckoutSession, type CheckoutOrder } from '../../../../sandbox/billing/checkout-sessions.ts';
import { offerOf } from '../../../../sandbox/pages/checkout/offer.ts';
import { addPrice, openBillingWorld, START } from '../billing/billing-world.ts';

const DAY = 86_400;

function offered(order: Partial<CheckoutOrder>, quantity = 1) {
  const world = openBillingWorld();
  const line_items = [{ price: addPrice(world).id, quantity }];
  return offerOf(world, createCheckoutSession(world, { line_items, success_url: 'http://shop/', ...order }));
}

test('a trial costs nothing today, and says what it costs after', () => {
  expect(offered({ subscription_data: { trial_period_days: 3 } })).toEqual({
    title: 'Try Pair Coding',
    headline: '3 days free',
    detail: 'Then $60.00 per month',
    lines: [{ name: 'Pair Coding', description: null, quantity: null, amount: '3 days free', billing: '$60.00 per month after' }],
    dueToday: '$0.00',
    submitLabel: 'Start trial',
    terms: 'After your trial ends, you will be charged $60.00 per month starting January 18, 2026. You can always cancel before then.',
  });
});

test('a trial until a moment counts its days', () => {
  expect(offered({ subscription_data: { trial_end: START + 6.5 * DAY } }).headline).toBe('7 days free');
});

test('without a trial the price is due today', () => {
  expect(offered({}, 2)).toEqual({
    title: 'Subscribe to Pair Coding',
    headline: '$120.00',
    detail: 'per month',
    lines: [{ name: 'Pair Coding', description: null, quantity: 'Qty 2', amount: '$120.00', billing: 'per month' }],
    dueToday: '$120.00',
    submitLabel: 'Subscribe',
    terms: 'By subscribing, you allow /dev/chat to charge you $120.00 per month until you cancel.',
  });
});
