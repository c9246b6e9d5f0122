/** A year in the life of one subscriber, through the real SDK and signed webhooks: every event, when it is told, and what it says. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contradictions } from '../../support/event-history.ts';
import { waitFor } from '../../support/wait-for.ts';
import { openListener, openSandbox, type Listener, type SandboxUnderTest } from './running-sandbox.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const RETRY = 33 * HOUR;

let sandbox: SandboxUnderTest;
let listener: Listener;
let secret: string;
/** The events that were looked at, or happened before anybody listened. */
let known: Set<string>;

beforeEach(async () => {
  [sandbox, listener] = [await openSandbox(), await openListener()];
  const endpoint = await sandbox.stripe.webhookEndpoints.create({ url: listener.url, enabled_events: ['*'] });
  secret = endpoint.secret ?? '';
  known = new Set((await sandbox.stripe.events.list()).data.map(({ id }) => id));
});
afterEach(async () => {
  await sandbox.close();
  await listener.close();
});

const CHARGED = ['charge.succeeded', 'payment_intent.succeeded', 'invoice.updated', 'invoice.paid', 'invoice.payment_succeeded'];
const DECLINED = ['charge.failed', 'payment_intent.payment_failed', 'invoice.payment_failed', 'invoice.updated'];
const RENEWED = ['customer.subscription.updated', 'invoice.created'];
const OPENED = ['invoice.finalized', 'payment_intent.created'];
const CURED = ['customer.subscription.updated', 'invoice_payment.paid', 'customer.updated'];
const KEPT = [...OPENED, ...CHARGED, 'invoice_payment.paid'];

/** The news at one moment. `says` is of the last event that has the field; `was` are the previous_attributes of the subscription. */
interface Chapter {
  at: (life: Life) => number;
  does?: (life: Life) => Promise<unknown>;
  told: readonly string[];
  status: Stripe.Subscription.Status;
  says?: Record<string, unknown>;
  was?: Record<string, unknown>[];
}

/** What the year is about. Times in seconds; `month(1)` is the end of the first paid month. */
interface Life {
  customer: string;
  subscription: string;
  start: number;
  trialEnd: number;
  month(count: number): number;
}

const newCard = async ({ customer, subscription }: Life): Promise<void> => {
  const { stripe } = sandbox;
  const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
  await stripe.subscriptions.update(subscription, { default_payment_method: id });
};
const failingCard = async ({ customer, subscription }: Life): Promise<void> => {
  const { id } = await sandbox.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await sandbox.stripe.subscriptions.update(subscription, { default_payment_method: id });
};
const payLatest = async ({ subscription }: Life): Promise<void> => {
  const { latest_invoice } = await sandbox.stripe.subscriptions.retrieve(subscription);
  await sandbox.stripe.invoices.pay(latest_invoice as string);
};
const cancel = ({ subscription }: Life) => sandbox.stripe.subscriptions.cancel(subscription, { cancellation_details: { feedback: 'unused' } });

const was = (...statuses: string[]) => statuses.map((status) => ({ status }));

const YEAR: Record<string, Chapter> = {
  'the trial ends': {
    at: ({ trialEnd }) => trialEnd, told: RENEWED, status: 'active',
    says: { billing_reason: 'subscription_cycle', amount_due: 6000, status: 'draft', attempted: false },
    was: was('trialing'),
  },
  'an hour later it is paid': { at: ({ trialEnd }) => trialEnd + HOUR, told: KEPT, status: 'active', says: { amount_paid: 6000, attempt_count: 1 } },
  'the first renewal is near': { at: ({ month }) => month(1) - 7 * DAY, told: ['invoice.upcoming'], status: 'active', says: { billing_reason: 'upcoming', amount_due: 6000 } },
  'the first renewal': { at: ({ month }) => month(1), told: RENEWED, status: 'active', says: { number: null } },
  'the first renewal is paid': { at: ({ month }) => month(1) + HOUR, told: KEPT, status: 'active', says: { amount_remaining: 0 } },
  'the second renewal is near': { at: ({ month }) => month(2) - 7 * DAY, told: ['invoice.upcoming'], status: 'active' },
  'the second renewal': { at: ({ month }) => month(2), told: RENEWED, status: 'active' },
  'the second renewal is paid': { at: ({ month }) => month(2) + HOUR, told: KEPT, status: 'active' },
  'the third renewal is near': { at: ({ month }) => month(3) - 7 * DAY, told: ['invoice.upcoming'], status: 'active' },
  'the third renewal': { at: ({ month }) => month(3), told: RENEWED, status: 'active' },
  'the third renewal is paid': { at: ({ month }) => month(3) + HOUR, told: KEPT, status: 'active' },
  'the card dies': { at: ({ month }) => month(3) + DAY, does: failingCard, told: ['payment_method.attached', 'customer.subscription.updated'], status: 'active' },
  'the fourth renewal is near': { at: ({ month }) => month(4) - 7 * DAY, told: ['invoice.upcoming'], status: 'active' },
  'the fourth renewal': { at: ({ month }) => month(4), told: RENEWED, status: 'active' },
  'it is declined': {
    at: ({ month }) => month(4) + HOUR, status: 'past_due',
    told: [...OPENED, ...DECLINED, 'customer.subscription.updated', 'customer.updated'],
    says: { attempt_count: 1, delinquent: true, failure_code: 'card_declined', next_payment_attempt: HOUR + RETRY },
    was: was('active'),
  },
  'a retry fails': {
    at: ({ month }) => month(4) + HOUR + RETRY, told: DECLINED, status: 'past_due',
    says: { attempt_count: 2, next_payment_attempt: HOUR + RETRY + DAY },
  },
  'another retry fails': {
    at: ({ month }) => month(4) + HOUR + RETRY + DAY, told: DECLINED, status: 'past_due',
    says: { attempt_count: 3, next_payment_attempt: HOUR + RETRY + 3 * DAY },
  },
  'a new card waits': {
    at: ({ month }) => month(4) + 3 * DAY, does: newCard, status: 'past_due',
    told: ['payment_method.attached', 'customer.updated', 'customer.subscription.updated'],
  },
  'the next retry cures it': {
    at: ({ month }) => month(4) + HOUR + RETRY + 3 * DAY, told: [...CHARGED, ...CURED], status: 'active',
    says: { attempt_count: 3, delinquent: false, next_payment_attempt: null }, was: was('past_due'),
  },
  'the fifth renewal is near': { at: ({ month }) => month(5) - 7 * DAY, told: ['invoice.upcoming'], status: 'active' },
  'the fifth renewal': { at: ({ month }) => month(5), told: RENEWED, status: 'active' },
  'the fifth renewal is paid': { at: ({ month }) => month(5) + HOUR, told: KEPT, status: 'active' },
  'the card dies again': { at: ({ month }) => month(5) + DAY, does: failingCard, told: ['payment_method.attached', 'customer.subscription.updated'], status: 'active' },
  'the sixth renewal is near': { at: ({ month }) => month(6) - 7 * DAY, told: ['invoice.upcoming'], status: 'active' },
  'the sixth renewal': { at: ({ month }) => month(6), told: RENEWED, status: 'active' },
  'it is declined again': {
    at: ({ month }) => month(6) + HOUR, told: [...OPENED, ...DECLINED, 'customer.subscription.updated', 'customer.updated'], status: 'past_due',
  },
  'another new card': {
    at: ({ month }) => month(6) + 2 * HOUR, does: newCard, status: 'past_due',
    told: ['payment_method.attached', 'customer.updated', 'customer.subscription.updated'],
  },
  'the invoice is paid by hand': { at: ({ month }) => month(6) + 3 * HOUR, does: payLatest, told: [...CHARGED, ...CURED], status: 'active', was: was('past_due') },
  'cancelled at once': {
    at: ({ month }) => month(6) + 10 * DAY, does: cancel, told: ['customer.subscription.deleted'], status: 'canceled',
    says: { status: 'canceled', cancel_at: null, cancel_at_period_end: false, cancellation_details: { comment: null, feedback: 'unused', feedback_option: null, reason: 'cancellation_requested' } },
  },
  'and nothing more': { at: ({ start }) => start + 365 * DAY, told: [], status: 'canceled' },
};

async function begin(): Promise<Life> {
  const { stripe } = sandbox;
  const product = await stripe.products.create({ name: 'Pair Coding' });
  const price = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' } });
  const customer = await stripe.customers.create({ email: 'ada@example.com' });
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    trial_period_days: 3,
    default_payment_method: card.id,
  });
  const trialEnd = subscription.trial_end ?? 0;
  const month = (count: number): number => {
    const date = new Date(trialEnd * 1000);
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count + 1, 0)).getUTCDate();
    return date.setUTCMonth(date.getUTCMonth() + count, Math.min(date.getUTCDate(), last)) / 1000;
  };
  return { customer: customer.id, subscription: subscription.id, start: subscription.created, trialEnd, month };
}

async function now(): Promise<number> {
  const { now: time } = (await (await sandbox.call('/_sandbox')).json()) as { now: string };
  return Date.parse(time) / 1000;
}

/** What is new since the last look, in the order in which it happened, each with its signature verified. */
async function news(): Promise<Stripe.Event[]> {
  const listed = await sandbox.stripe.events.list({ limit: 100 });
  const fresh = listed.data.map(({ id }) => id).filter((id) => !known.has(id)).reverse();
  fresh.forEach((id) => known.add(id));
  const arrived = (id: string) => listener.heard.find((one) => one.id === id);
  await waitFor('every event to arrive', () => fresh.every(arrived));
  return fresh.map(arrived).map((one) => sandbox.stripe.webhooks.constructEvent(one!.body, one!.signature, secret));
}

function fieldsOf(events: Stripe.Event[], name: string): unknown {
  const objects = events.map(({ data }) => data.object as unknown as Record<string, unknown>);
  return objects.findLast((object) => name in object)?.[name];
}

test('a year in the life of one subscriber', { timeout: 120_000 }, async () => {
  const life = await begin();
  const history = await news();
  expect(history.slice(-8).map(({ type }) => type)).toEqual([
    'payment_method.attached', 'customer.updated', 'invoice.created', 'invoice.finalized', 'invoice.paid', 'invoice.payment_succeeded',
    'customer.subscription.created', 'customer.subscription.trial_will_end',
  ]);

  for (const [name, { at, does, told, status, says = {}, was: before }] of Object.entries(YEAR)) {
    await sandbox.advance(at(life) - (await now()) + (does ? 0 : 1));
    await does?.(life);
    const fresh = await news();
    history.push(...fresh);

    expect(fresh.map(({ type }) => type), name).toEqual(told);
    expect((await sandbox.stripe.subscriptions.retrieve(life.subscription)).status, name).toBe(status);
    if (does === undefined) expect(new Set(fresh.map(({ created }) => created)), name).toEqual(new Set(told.length === 0 ? [] : [at(life)]));
    for (const [field, value] of Object.entries(says)) {
      const expected = field === 'next_payment_attempt' && typeof value === 'number' ? life.month(4) + value : value;
      expect(fieldsOf(fresh, field), `${name}: ${field}`).toEqual(expected);
    }
    const updates = fresh.filter(({ type }) => type === 'customer.subscription.updated');
    if (before) expect(updates.map(({ data }) => data.previous_attributes), name).toMatchObject(before);
  }
  const told = history.map(({ type, data }) => ({ type, object: { ...data.object }, previous: data.previous_attributes }));
  expect(contradictions(told)).toEqual([]);
});
