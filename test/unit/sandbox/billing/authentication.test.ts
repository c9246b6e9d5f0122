import { describe, expect, test } from 'vitest';
import { authenticate } from '../../../../sandbox/billing/authentication.ts';
import { completeCheckout, expireCheckoutSession } from '../../../../sandbox/billing/checkout.ts';
import { createCheckoutSession, type CheckoutOrder } from '../../../../sandbox/billing/checkout-sessions.ts';
import type { Charge, PaymentIntent } from '../../../../sandbox/billing/shapes.ts';
import {
  addCustomer,
  addPrice,
  GOOD_CARD,
  latestInvoice,
  openBillingWorld,
  refusalOf,
  subscribe,
  subscriptionNow,
  type BillingWorld,
} from './billing-world.ts';

const ASKING = { ...GOOD_CARD, number: '4000002500003155' };
const ALWAYS_ASKING = { ...GOOD_CARD, number: '4000000000003220' };
const ASKING_IN_VAIN = { ...GOOD_CARD, number: '4000008400001629' };
const SHOP = { success_url: 'http://shop.test/done?id={CHECKOUT_SESSION_ID}' };

function open(world: BillingWorld, order: Partial<CheckoutOrder> = {}) {
  const customer = addCustomer(world);
  const price = addPrice(world);
  const session = createCheckoutSession(world, { customer: customer.id, line_items: [{ price: price.id }], ...SHOP, ...order });
  return { customer, session };
}

const intentIn = (url: string): string => url.split('/').at(-1)!;

describe('Checkout with a card whose holder must be there', () => {
  test.each([
    ['a payment', {}, 'payment_intent'],
    ['a trial', { subscription_data: { trial_period_days: 3 } }, 'setup_intent'],
  ])('waits in the middle of %s and goes on where it stopped', (_case, order, kind) => {
    const world = openBillingWorld();
    const { session } = open(world, order);
    const waiting = completeCheckout(world, session.id, ASKING);
    expect(waiting.session).toMatchObject({ status: 'open', subscription: null });
    expect(waiting.redirectUrl).toMatch(/^http:\/\/127\.0\.0\.1:12111\/authenticate\/(pi|seti)_/);
    expect(world.toldTypes()).toEqual([`${kind}.created`, `${kind}.requires_action`]);
    expect(world.store.find(kind, intentIn(waiting.redirectUrl))).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'use_stripe_sdk' },
    });

    const { intent, redirectUrl } = authenticate(world, intentIn(waiting.redirectUrl), 'complete');
    expect(redirectUrl).toBe(`http://shop.test/done?id=${session.id}`);
    expect(intent).toMatchObject({ status: 'succeeded', next_action: null });
    const types = world.toldTypes();
    expect(types).toEqual(expect.arrayContaining([`${kind}.succeeded`, 'checkout.session.completed', 'customer.subscription.created']));
    expect(types.filter((type) => type.startsWith(kind))).toEqual([`${kind}.succeeded`]);
    const [subscription] = world.store.all<{ id: string; object: string; status: string }>('subscription');
    expect(subscription?.status).toBe(kind === 'setup_intent' ? 'trialing' : 'active');
    expect(world.store.count('payment_intent') + world.store.count('setup_intent')).toBe(1);
  });

  test('waits for another card when the authentication fails', () => {
    const world = openBillingWorld();
    const { session } = open(world);
    const { redirectUrl } = completeCheckout(world, session.id, ALWAYS_ASKING);
    world.told();
    const failed = authenticate(world, intentIn(redirectUrl), 'fail');
    expect(failed.redirectUrl).toBe(session.url);
    expect(failed.intent).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { type: 'card_error', code: 'payment_intent_authentication_failure' },
    });
    expect(world.toldTypes()).toEqual(['payment_intent.payment_failed']);
    expect(world.store.all('charge')).toEqual([]);
    expect(completeCheckout(world, session.id, GOOD_CARD).session.status).toBe('complete');
  });

  test('is declined after the authentication by a card that is', () => {
    const world = openBillingWorld();
    const { session } = open(world);
    const { redirectUrl } = completeCheckout(world, session.id, ASKING_IN_VAIN);
    world.told();
    expect(authenticate(world, intentIn(redirectUrl), 'complete').redirectUrl).toBe(session.url);
    expect(world.toldTypes()).toEqual(['charge.failed', 'payment_intent.payment_failed']);
    expect(world.store.all<Charge>('charge')).toMatchObject([
      { failure_code: 'card_declined', payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } } },
    ]);
    expect(world.store.find('checkout.session', session.id)).toMatchObject({ status: 'open' });
  });

  test('gives its payment up when the session expires meanwhile', () => {
    const world = openBillingWorld();
    const { session } = open(world);
    const { redirectUrl } = completeCheckout(world, session.id, ALWAYS_ASKING);
    world.told();
    expireCheckoutSession(world, session.id);
    expect(world.toldTypes()).toEqual(['checkout.session.expired', 'payment_intent.canceled']);
    expect(refusalOf(() => authenticate(world, intentIn(redirectUrl), 'complete')).status).toBe(400);
  });
});

describe('an invoice whose payment waits for the holder of its card', () => {
  function waiting(world: BillingWorld) {
    const { id } = subscribe(world, {}, ALWAYS_ASKING);
    const [intent] = world.store.all<PaymentIntent>('payment_intent');
    expect(subscriptionNow(world, id).status).toBe('incomplete');
    world.told();
    return { id, intent: intent!.id };
  }

  test('is paid by the authentication', () => {
    const world = openBillingWorld();
    const { id, intent } = waiting(world);
    const { redirectUrl } = authenticate(world, intent, 'complete');
    expect(redirectUrl).toBe(latestInvoice(world, id).hosted_invoice_url);
    expect(latestInvoice(world, id)).toMatchObject({ status: 'paid', attempt_count: 1 });
    expect(subscriptionNow(world, id).status).toBe('active');
    expect(world.toldTypes()).toEqual(expect.arrayContaining(['charge.succeeded', 'payment_intent.succeeded', 'invoice.paid', 'invoice_payment.paid']));
  });

  test('stays open when it fails', () => {
    const world = openBillingWorld();
    const { id, intent } = waiting(world);
    authenticate(world, intent, 'fail');
    expect(latestInvoice(world, id).status).toBe('open');
    expect(subscriptionNow(world, id).status).toBe('incomplete');
    expect(world.toldTypes()).toEqual(['payment_intent.payment_failed', 'invoice.payment_failed']);
  });
});
