/** Signed events over many subscriptions, as whole requests ready to be sent: some late, some again. */
import Stripe from 'stripe';
import type { RunningSandbox } from '../../sandbox/main.ts';
import { chance } from '../support/seeded.ts';

const LATE_SHARE = 0.05;
const AGAIN_SHARE = 0.1;
/** Of the events that change the status. */
const TURN_SHARE = 0.05;
const CHANCES = 10_000;
const MONTH_SECONDS = 32 * 24 * 3600;

export const KEY = 'sk_test_devchat_bench';
export const SECRET = 'whsec_devchat_bench';

/** One request. `id` is its event's. */
export interface Post {
  id: string;
  request: Buffer;
}

export interface Story {
  /** So many requests, signed now: new events of random subscriptions, of which some show an earlier state, and some that were sent before. */
  next(count: number): Post[];
  /** Random requests of those that were sent, signed now. */
  again(count: number): Post[];
}

/** The sandbox's own `customer.subscription.updated`, of a renewal; the items' earlier periods are left out of what changed. */
export async function renewalEvent(sandbox: RunningSandbox): Promise<Stripe.Event> {
  const { hostname: host, port } = new URL(sandbox.url);
  const stripe = new Stripe(KEY, { host, port, protocol: 'http' });
  const price = await stripe.prices.create({ currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' }, product_data: { name: 'Pair Coding' } });
  const card = 'pm_card_visa';
  const customer = await stripe.customers.create({ payment_method: card, invoice_settings: { default_payment_method: card } });
  await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }], metadata: { challenge_id: 'bench' } });
  await fetch(`${sandbox.url}/_sandbox/advance`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ seconds: MONTH_SECONDS }) });
  const { data } = await stripe.events.list({ type: 'customer.subscription.updated', limit: 1 });
  const event = data[0] as Stripe.CustomerSubscriptionUpdatedEvent;
  const { items: _, ...previous } = event.data.previous_attributes!;
  return { ...event, data: { ...event.data, previous_attributes: previous } };
}

/** `name` keeps the event ids of two stories apart; the same name and template tell the same. */
export function openStory(name: string, template: Stripe.Event, subscriptions: number): Story {
  const random = chance(1);
  const happens = (share: number): boolean => random.number(CHANCES) < share * CHANCES;
  const told: Array<{ id: string; text: string }> = [];
  const fresh = () => {
    const id = `evt_${name}_${told.length}`;
    const created = happens(LATE_SHARE) ? template.created - told.length - 1 : template.created + told.length + 1;
    const status = happens(TURN_SHARE) ? 'past_due' : 'active';
    told.push({ id, text: eventText(template, { id, created, status, subscription: random.number(subscriptions), round: told.length }) });
    return told.at(-1)!;
  };
  return {
    next: (count) => Array.from({ length: count }, () => signedPost(told.length > 0 && happens(AGAIN_SHARE) ? random.oneOf(told) : fresh())),
    again: (count) => Array.from({ length: count }, () => signedPost(random.oneOf(told))),
  };
}

/** The id of the n-th subscription, as long as Stripe's. */
export function subscriptionId(n: number): string {
  return `sub_bench${String(n).padStart(19, '0')}`;
}

export function customerId(n: number): string {
  return `cus_bench${String(n).padStart(9, '0')}`;
}

interface Told {
  id: string;
  created: number;
  status: string;
  subscription: number;
  round: number;
}

/** Stripe sends its events over many lines. */
function eventText(template: Stripe.Event, { id, created, status, subscription, round }: Told): string {
  const shown = template.data.object as Stripe.Subscription;
  const object = { ...shown, customer: customerId(subscription), status, latest_invoice: `in_bench_${round}` };
  const event = { ...template, id, created, data: { object, previous_attributes: { latest_invoice: `in_bench_${round}_before` } } };
  return JSON.stringify(event, null, 2).replaceAll(shown.id, subscriptionId(subscription));
}

function signedPost({ id, text }: { id: string; text: string }): Post {
  const body = Buffer.from(text);
  const head = [
    'POST /webhook HTTP/1.1',
    'Host: 127.0.0.1',
    'User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    'Accept: */*; q=0.5, application/xml',
    'Cache-Control: no-cache',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${body.length}`,
    `Stripe-Signature: ${Stripe.webhooks.generateTestHeaderString({ payload: text, secret: SECRET })}`,
  ];
  return { id, request: Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]) };
}
