/** Who is at risk, told before it happens: what the sandbox bills and says, as the owner's terminal shows it. */
import type Stripe from 'stripe';
import { describe, expect, vi } from 'vitest';
import { DAY, HOUR } from '../../support/stripe-objects.ts';
import { giveCard, STORY_LIMIT_MS, test, type Business } from './business.ts';

vi.setConfig({ testTimeout: STORY_LIMIT_MS });

const AT_RISK = ['subscriptions', 'list', '--at-risk'];

const POLLING = { timeout: 30_000 };

type Order = Partial<Stripe.SubscriptionCreateParams>;

function subscribe({ stripe, price }: Business, customer: string, order: Order = {}): Promise<Stripe.Subscription> {
  return stripe.stripe.subscriptions.create({ customer, items: [{ price }], ...order });
}

/** A good card that is over at the end of the sandbox's present month. */
async function expiringCard({ stripe }: Business, customer: string): Promise<void> {
  const { created } = await stripe.stripe.customers.retrieve(customer) as Stripe.Customer;
  const today = new Date(created * 1000);
  const card = { number: '4242424242424242', exp_month: today.getUTCMonth() + 1, exp_year: today.getUTCFullYear(), cvc: '123' };
  const { id } = await stripe.stripe.paymentMethods.create({ type: 'card', card });
  await giveCard(stripe, customer, id);
}

/** Email addresses with their kinds of risk, in the order of the list. */
async function listed({ run }: Business): Promise<Array<[email: string, ...kinds: string[]]>> {
  const { stdout } = await run([...AT_RISK, '--json']);
  const { subscriptions } = JSON.parse(stdout) as { subscriptions: Array<{ email: string; risks: Array<{ kind: string }> }> };
  return subscriptions.map(({ email, risks }) => [email, ...risks.map(({ kind }) => kind)]);
}

test('nobody', async ({ business }) => {
  expect(await business.run(AT_RISK)).toEqual({ code: 0, stdout: '', stderr: 'No subscription is at risk.\n' });
  expect(JSON.parse((await business.run([...AT_RISK, '--json'])).stdout)).toEqual({ schemaVersion: 1, subscriptions: [] });
});

test('everybody, sorted by when it hurts; who is safe is left out', async ({ business }) => {
  const { stripe, signUp } = business;
  await subscribe(business, await signUp('safe@example.com'));
  const leaving = await subscribe(business, await signUp('leaving@example.com'));
  await stripe.stripe.subscriptions.update(leaving.id, { cancel_at: leaving.created + 10 * DAY });
  const expiring = await signUp('expiring@example.com', null);
  await expiringCard(business, expiring);
  await subscribe(business, expiring);
  await subscribe(business, await signUp('cardless@example.com', null), { trial_period_days: 3 });
  await subscribe(business, await signUp('unpaid@example.com', 'pm_card_chargeCustomerFail'), { payment_behavior: 'default_incomplete' });
  const failing = await subscribe(business, await signUp('failing@example.com', 'pm_card_chargeCustomerFail'), { trial_period_days: 1 });
  await stripe.stripe.subscriptions.update(failing.id, { trial_end: 'now' });

  await expect.poll(() => listed(business), POLLING).toEqual([
    ['failing@example.com', 'past_due'],
    ['unpaid@example.com', 'incomplete'],
    ['cardless@example.com', 'trial_without_card'],
    ['leaving@example.com', 'scheduled_end'],
    ['expiring@example.com', 'card_expires'],
  ]);
  const text = await business.printed(AT_RISK, /the card was declined/);
  expect(text.trimEnd().split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['WHO', 'WHEN', 'WHAT'],
    ['failing@example.com', expect.stringMatching(/^since \d+ \w+$/), expect.stringMatching(/^the payment of .* over \$60 failed \(the card was declined\), Stripe tries again on /)],
    ['unpaid@example.com', expect.stringMatching(/^\d+ \w+$/), expect.stringMatching(/^the first payment of \$60 has not been made, Stripe waits until \w+ \d+ \w+, \d\d:\d\d$/)],
    ['cardless@example.com', expect.anything(), expect.stringMatching(/^the trial ends on \d+ \w+ and there is no card: the first payment of \$60 will fail$/)],
    ['leaving@example.com', expect.anything(), expect.stringMatching(/^the subscription is set to end on \d+ \w+ \d{4}$/)],
    ['expiring@example.com', expect.anything(), expect.stringMatching(/^the card Visa 4242 expires at the end of \w+, the next charge of \$60 is on \d+ \w+$/)],
  ]);

  await giveCard(stripe, expiring, 'pm_card_visa');
  await expect.poll(async () => (await listed(business)).flat(), POLLING).not.toContain('expiring@example.com');
  await stripe.advance(23 * HOUR + 60);
  expect(await business.printed(['subscriptions', 'show', 'unpaid@example.com'], /incomplete_expired/)).toContain('off: the first payment was never made');
  expect((await listed(business)).flat()).not.toContain('unpaid@example.com');
});

describe('a trial that ends without a card', () => {
  test.for([
    ['cancel', 'canceled', 'the subscription ends with it'],
    ['pause', 'paused', 'the subscription is paused then'],
    ['create_invoice', 'past_due', 'the first payment of \\$60 will fail'],
  ] as const)('%s: %s', async ([missing_payment_method, status, then], { business }) => {
    const customer = await business.signUp('cardless@example.com', null);
    await subscribe(business, customer, { trial_period_days: 3, trial_settings: { end_behavior: { missing_payment_method } } });
    expect(await business.printed(AT_RISK, new RegExp(then))).toContain('there is no card');
    expect(await business.printed(['subscriptions', 'show', customer], /^card /m)).toMatch(/^card +none$/m);
    await business.stripe.advance(3 * DAY + 60);
    await business.stripe.advance(HOUR);
    await business.printed(['subscriptions', 'show', customer], new RegExp(`^status +${status}$`, 'm'));
    const isStillAtRisk = status === 'past_due';
    expect((await listed(business)).flat()).toEqual(isStillAtRisk ? ['cardless@example.com', 'past_due'] : []);
  });

  test('is safe again with a card', async ({ business }) => {
    const customer = await business.signUp('ada@example.com', null);
    await subscribe(business, customer, { trial_period_days: 3 });
    await business.printed(AT_RISK, /there is no card/);
    await giveCard(business.stripe, customer, 'pm_card_visa');
    await business.printed(['subscriptions', 'show', customer], /^card +Visa 4242, good until \d\d\/\d{4}$/m);
    expect(await listed(business)).toEqual([]);
  });
});
