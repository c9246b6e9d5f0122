/** R06: events of one second that contradict each other, in each order: what Stripe holds in the end, never what came last. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSilentShop } from '../integration/declines/told-by-hand.ts';
import { overlaid } from '../support/overlaid.ts';
import type { Shop, Subscriber } from '../support/shop.ts';
import { DAY, HOUR } from '../support/stripe-objects.ts';
import { TWO_AT_A_TIME, WRONG_CACHES } from './order-wrong.ts';
import { permutations } from './permutations.ts';
import { tried } from './tried.ts';

const UPDATED = 'customer.subscription.updated';

interface Tie {
  card?: string;
  /** Brings about what it was before. */
  begins?(shop: Shop, ada: Subscriber): Promise<unknown>;
  /** Brings about the updates that contradict each other. */
  happens(shop: Shop, ada: Subscriber): Promise<unknown>;
  isAsked: boolean;
  /** What becomes of them on their way. */
  changed?(event: Stripe.Event): Stripe.Event;
}

/** One after the other; '' takes the mark away. */
const marked =
  (...marks: string[]): Tie['happens'] =>
  async ({ stripe }, { subscription }) => {
    for (const mark of marks) await stripe.subscriptions.update(subscription, { metadata: { mark } });
  };

const failsAndRecovers: Tie['happens'] = async (shop, { customer, subscription, trialEnd }) => {
  await shop.advanceTo(trialEnd + DAY);
  const { id } = await shop.stripe.paymentMethods.attach('pm_card_visa', { customer });
  const { latest_invoice: invoice } = await shop.stripe.subscriptions.retrieve(subscription);
  await shop.stripe.invoices.pay(invoice as string, { payment_method: id });
};

const ROUND = 'back to where it began by three changes, of which any can have been the last';

const TIES: Record<string, Tie> = {
  'each says what it changed': { happens: marked('1', '2'), isAsked: false },
  'each says what it changed, again and again: where one comes last that leads to another, Stripe was asked meanwhile': { happens: marked('1', '2', '3'), isAsked: true },
  'there and back': { happens: marked('1', ''), isAsked: true },
  'there, and there and back': { happens: marked('1', '2', '1'), isAsked: true },
  [ROUND]: { begins: marked('1'), happens: marked('2', '3', '1'), isAsked: true },
  'nothing says what it changed': {
    happens: marked('1', '2'),
    isAsked: true,
    changed: ({ data, ...event }) => ({ ...event, data: { object: data.object } }) as Stripe.Event,
  },
  'trialing, active, past due and active again': { card: 'pm_card_chargeCustomerFail', happens: failsAndRecovers, isAsked: true },
};

let shop: Shop;

beforeEach(async () => {
  shop = await openSilentShop();
});
afterEach(() => shop.close());

/** A subscriber to whom it happened: what has yet to be told of it, all of one second. */
async function untold({ begins, happens, card, changed = (event) => event }: Tie): Promise<{ ada: Subscriber; events: Stripe.Event[] }> {
  const ada = await shop.subscriber(card);
  await begins?.(shop, ada);
  const known = await shop.events(ada.customer);
  for (const event of known) await shop.post(event);
  await shop.settled();
  await happens(shop, ada);
  const news = (await shop.events(ada.customer)).filter(({ id, type }) => type === UPDATED && !known.some((event) => event.id === id));
  const created = news.at(-1)!.created + HOUR;
  return { ada, events: news.map((event) => changed({ ...event, created })) };
}

/** Tells them in one order; whether Stripe was asked. */
async function tell(tie: Tie, order: (events: Stripe.Event[]) => Stripe.Event[]): Promise<boolean> {
  const { ada, events } = await untold(tie);
  const asked = shop.daemon.log.length;
  for (const event of order(events)) expect(await shop.post(event)).toBe(200);
  await shop.settled();
  const cached = await shop.cache.subscription(ada.subscription);
  const truth = JSON.parse(JSON.stringify(await shop.stripe.subscriptions.retrieve(ada.subscription))) as Stripe.Subscription;
  expect(cached?.subscription.snapshot, 'the cached state').toEqual(truth);
  return shop.daemon.log.slice(asked).some((line) => line.includes('Stripe is asked'));
}

async function tellInEachOrder(tie: Tie): Promise<boolean[]> {
  const many = (await untold(tie)).events.length;
  const asked = [];
  for (const order of permutations(Array.from({ length: many }, (_, index) => index))) asked.push(await tell(tie, (events) => order.map((index) => events[index]!)));
  tried('R06', { permutations: asked.length, events: asked.length * many });
  return asked;
}

test.for(Object.entries(TIES))('%s', async ([, tie]) => {
  const asked = await tellInEachOrder(tie);
  expect(asked.length).toBeGreaterThanOrEqual(2);
  expect(asked.some(Boolean), 'Stripe was asked').toBe(tie.isAsked);
});

test('ties that are decided by arrival are found out', async () => {
  await shop.close();
  shop = await openSilentShop({ through: (cache) => overlaid(cache, WRONG_CACHES['decides ties by arrival']!) });
  for (const name of ['each says what it changed', 'nothing says what it changed']) await expect(tell(TIES[name]!, (events) => events.toReversed())).rejects.toThrow(/the cached state/);
  tried('R06', { wrong: 1 });
});

test('a devchat that compares two at a time is found out', async () => {
  await shop.close();
  shop = await openSilentShop({ through: (cache) => overlaid(cache, TWO_AT_A_TIME) });
  expect(await tell(TIES['each says what it changed']!, (events) => events), 'two it can tell apart').toBe(false);
  await expect(tell(TIES[ROUND]!, ([first, second, third]) => [third!, first!, second!])).rejects.toThrow(/the cached state/);
  tried('R06', { wrong: 1 });
});
