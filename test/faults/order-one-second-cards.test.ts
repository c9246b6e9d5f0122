/** R06: changes of a card, and of what a customer pays with, within one second, in each order: what Stripe holds in the end, never what came last. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSilentShop } from '../integration/declines/told-by-hand.ts';
import { overlaid } from '../support/overlaid.ts';
import type { Shop, Subscriber } from '../support/shop.ts';
import { HOUR } from '../support/stripe-objects.ts';
import { CARDS_BY_ARRIVAL } from './order-wrong.ts';
import { permutations } from './permutations.ts';
import { tried } from './tried.ts';

const PAYMENT = ['default_payment_method', 'customer.invoice_settings.default_payment_method'];

interface Tie {
  type: 'payment_method.updated' | 'customer.updated';
  /** Brings about the changes that contradict each other. */
  happens(shop: Shop, ada: Subscriber): Promise<unknown>;
  isAsked: boolean;
  saysNothing?: boolean;
}

/** The card of the subscription is good until November of each of these years, one after the other. */
const renewed =
  (...years: number[]): Tie['happens'] =>
  async ({ stripe }, { subscription }) => {
    const { default_payment_method: card } = await stripe.subscriptions.retrieve(subscription);
    for (const exp_year of years) await stripe.paymentMethods.update(card as string, { card: { exp_month: 11, exp_year } });
  };

/** The customer pays with one new card after the other. */
const chosen =
  (...cards: string[]): Tie['happens'] =>
  async ({ stripe }, { customer }) => {
    const attached: Record<string, string> = {};
    for (const card of cards) attached[card] ??= (await stripe.paymentMethods.attach(card, { customer })).id;
    for (const card of cards) await stripe.customers.update(customer, { invoice_settings: { default_payment_method: attached[card]! } });
  };

const TIES: Record<string, Tie> = {
  'a card is renewed, each says what it changed': { type: 'payment_method.updated', happens: renewed(2031, 2032), isAsked: false },
  'a card is renewed again and again: where one comes last that leads to another, Stripe was asked meanwhile': { type: 'payment_method.updated', happens: renewed(2031, 2032, 2033), isAsked: true },
  'a card is renewed, there and back': { type: 'payment_method.updated', happens: renewed(2031, 2032, 2031), isAsked: true },
  'a card is renewed, nothing says what it changed': { type: 'payment_method.updated', happens: renewed(2031, 2032), isAsked: true, saysNothing: true },
  'another card pays, each says what it changed': { type: 'customer.updated', happens: chosen('pm_card_visa', 'pm_card_mastercard'), isAsked: false },
  'another card pays, there and back': { type: 'customer.updated', happens: chosen('pm_card_visa', 'pm_card_mastercard', 'pm_card_visa'), isAsked: true },
  'another card pays, nothing says what it changed': { type: 'customer.updated', happens: chosen('pm_card_visa', 'pm_card_mastercard'), isAsked: true, saysNothing: true },
};

let shop: Shop;

beforeEach(async () => {
  shop = await openSilentShop();
});
afterEach(() => shop.close());

/** A subscriber to whom it happened: all else is told, and these are of one second. */
async function untold({ type, happens, saysNothing }: Tie): Promise<{ ada: Subscriber; events: Stripe.Event[] }> {
  const ada = await shop.subscriber();
  const ownCard = type === 'payment_method.updated';
  if (!ownCard) await shop.stripe.subscriptions.update(ada.subscription, { default_payment_method: '' });
  const known = await shop.events(ada.customer);
  await happens(shop, ada);
  const all = await shop.events(ada.customer);
  const news = all.filter((event) => event.type === type && !known.some(({ id }) => id === event.id));
  for (const event of all) if (!news.includes(event)) expect(await shop.post(event)).toBe(200);
  await shop.settled();
  const created = news.at(-1)!.created + HOUR;
  return { ada, events: news.map((event) => ({ ...event, created, data: saysNothing ? { object: event.data.object } : event.data }) as Stripe.Event) };
}

/** Tells them in one order; whether Stripe was asked. */
async function tell(tie: Tie, order: (events: Stripe.Event[]) => Stripe.Event[]): Promise<boolean> {
  const { ada, events } = await untold(tie);
  const asked = shop.daemon.log.length;
  for (const event of order(events)) expect(await shop.post(event)).toBe(200);
  await shop.settled();
  const { card } = (await shop.cache.subscription(ada.subscription))!;
  expect(card && { id: card.id, expires: card.expires }, 'what pays').toEqual(await paysAtStripe(ada));
  return shop.daemon.log.slice(asked).some((line) => line.includes('Stripe is asked'));
}

async function paysAtStripe({ subscription }: Subscriber): Promise<object> {
  const { default_payment_method: own, customer } = await shop.stripe.subscriptions.retrieve(subscription, { expand: PAYMENT });
  const { id, card } = (own ?? (customer as Stripe.Customer).invoice_settings.default_payment_method) as Stripe.PaymentMethod;
  return { id, expires: { month: card!.exp_month, year: card!.exp_year } };
}

test.for(Object.entries(TIES))('%s', async ([, tie]) => {
  const many = (await untold(tie)).events.length;
  expect(many).toBeGreaterThan(1);
  const asked = [];
  for (const order of permutations(Array.from({ length: many }, (_, index) => index))) asked.push(await tell(tie, (events) => order.map((index) => events[index]!)));
  expect(asked.some(Boolean), 'Stripe was asked').toBe(tie.isAsked);
  tried('R06', { permutations: asked.length, events: asked.length * many });
});

test('a devchat in which what is heard last holds is found out', async () => {
  await shop.close();
  shop = await openSilentShop({ through: (cache) => overlaid(cache, CARDS_BY_ARRIVAL) });
  for (const tie of Object.values(TIES).filter(({ saysNothing }) => saysNothing)) await expect(tell(tie, (events) => events.toReversed())).rejects.toThrow(/what pays/);
  tried('R06', { wrong: 1 });
});
