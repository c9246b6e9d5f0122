/** A shop for stories of missing money: the sandbox with its clock, a daemon that hears it, customers, and an owner who is told. */
import type Stripe from 'stripe';
import supertest from 'supertest';
import { DEFAULT_POLICY, type Policy } from '../../core/billing/policy.ts';
import type { Cache } from '../../core/cache/cache.ts';
import { createStripe } from '../../core/stripe.ts';
import type { MeAnswer, PortalAnswer, UserView } from '../../daemon/contract.ts';
import { startSandbox } from '../../sandbox/main.ts';
import { KEY, openDaemon, provision, signed, type DaemonUnderTest } from './daemon.ts';
import { openInbox, type Told } from './inbox.ts';
import { waitFor } from './wait-for.ts';

const HALF_DAY_SECONDS = 12 * 3600;
const DAY_SECONDS = 2 * HALF_DAY_SECONDS;
const TRIAL_DAYS = 3;
/** A burst of many subscribers takes a while on a busy machine. */
const SETTLING_MILLISECONDS = 60_000;
/** The form of the portal that takes a new card. */
export const GOOD_CARD = { method: 'add', number: '4242424242424242', expiry: '12/40', cvc: '123' };

export interface ShopSettings {
  policy?: Policy;
  /** Switches of the sandbox from the beginning. */
  switches?: Record<string, unknown>;
  /** Puts something between the daemon and its cache. */
  through?: (cache: Cache) => Cache;
}

export interface Subscriber {
  customer: string;
  email: string;
  subscription: string;
  /** Stripe's seconds. */
  trialEnd: number;
  /** What the dashboard shows, by `GET /users/me`. */
  me(): Promise<UserView>;
  /** Fills in a form of the Customer Portal, to which the daemon shows the way; the portal takes it. */
  inPortal(path: string, form: Record<string, string>): Promise<void>;
}

export interface Shop {
  url: string;
  stripe: Stripe;
  daemon: DaemonUnderTest;
  cache: Cache;
  policy: Policy;
  price: string;
  /** The portal's configuration. */
  configuration: string;
  /** Stripe's seconds. */
  now(): Promise<number>;
  /** Moves the sandbox's time, and waits until everything that came of it has been heard. */
  advance(seconds: number): Promise<void>;
  advanceTo(seconds: number): Promise<void>;
  /** Waits until every event is delivered, every question to Stripe answered, every new card tried, and everything told. */
  settled(): Promise<void>;
  /** Sets switches of the sandbox. */
  set(switches: Record<string, unknown>): Promise<void>;
  /** Signs up, and subscribes as Checkout does: a trial of 3 days, with a card of its own. Before it the subscription's time is heard of. */
  subscriber(card?: string): Promise<Subscriber>;
  /** Stripe's events about a customer, the oldest first. */
  events(customer: string): Promise<Stripe.Event[]>;
  /** Posts an event with Stripe's signature; resolves with the answer's status. */
  post(event: Stripe.Event): Promise<number>;
  /** What was posted to the owner's address so far. */
  told: readonly Told[];
  close(): Promise<void>;
}

/** It is noon, so that no day ends in the middle of a chapter. */
export async function openShop({ policy = DEFAULT_POLICY, switches = {}, through }: ShopSettings = {}): Promise<Shop> {
  const sandbox = await startSandbox({ port: 0, switches, defaultPortal: false });
  const control = controlOf(sandbox.url);
  const stripe = createStripe({ stripeSecretKey: KEY, stripeApiBase: sandbox.url }, { live: false });
  const { price, configuration } = await provision(stripe);
  await control('/advance', { seconds: untilNoon(Date.now() / 1000) });
  const inbox = await openInbox();
  const webhookSecrets: string[] = [];
  const daemon = await openDaemon({ stripeApiBase: sandbox.url, webhookSecrets, noticeUrl: inbox.url, noticeSecret: inbox.secret, through, policy });
  const endpoint = await stripe.webhookEndpoints.create({ url: `${daemon.url}/webhook`, enabled_events: ['*'] });
  webhookSecrets.push(endpoint.secret ?? '');
  const { cache } = daemon;

  const now = async () => Date.parse((await control<{ now: string }>('')).now) / 1000;
  const settled = () => waitFor('everything to be heard, answered and told', async () => heardAll(await control('/deliveries?status=pending&limit=5'), cache), SETTLING_MILLISECONDS).then(() => undefined);
  const advance = async (seconds: number) => {
    await control('/advance', { seconds });
    await settled();
  };
  return {
    url: sandbox.url,
    stripe,
    daemon,
    cache,
    policy,
    price,
    configuration,
    now,
    advance,
    advanceTo: async (seconds) => {
      const ahead = seconds - (await now());
      if (ahead > 0) await advance(ahead); // real time may have come that far by itself
    },
    settled,
    set: async (changes) => void (await control('/switches', changes)),
    subscriber: async (card = 'pm_card_visa') => {
      const subscriber = await subscribe({ stripe, price, url: daemon.url, card });
      await settled();
      return subscriber;
    },
    events: (customer) => eventsOf(stripe, customer),
    post: (event) => postEvent(daemon.url, event, endpoint.secret ?? ''),
    told: inbox.told,
    close: async () => {
      await daemon.close();
      await inbox.close();
      await sandbox.close();
    },
  };
}

function controlOf(url: string) {
  return async <T>(path: string, body?: object): Promise<T> => {
    const sent = body ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {};
    const answer = await fetch(`${url}/_sandbox${path}`, sent);
    if (!answer.ok) throw new Error(`/_sandbox${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
}

function untilNoon(seconds: number): number {
  return Math.ceil(DAY_SECONDS - ((seconds + HALF_DAY_SECONDS) % DAY_SECONDS)) || 1;
}

async function heardAll({ deliveries }: { deliveries: object[] }, cache: Cache): Promise<true> {
  const waiting = [...deliveries, ...(await cache.questions()), ...(await cache.collections()), ...(await cache.noticeTargets())];
  if (waiting.length > 0) throw new Error(JSON.stringify(waiting));
  return true;
}

interface Order {
  stripe: Stripe;
  price: string;
  /** The daemon's. */
  url: string;
  card: string;
}

let people = 0;

async function subscribe({ stripe, price, url, card }: Order): Promise<Subscriber> {
  people += 1;
  const email = `subscriber-${people}@example.com`;
  const signedUp = await supertest(url).post('/users').send({ email, password: 'correct horse' }).expect(201);
  const customer = (signedUp.body as { id: string }).id;
  const cookie = (signedUp.headers['set-cookie'] as unknown as string[])[0] ?? '';
  const portal = async () => ((await supertest(url).post('/users/portal').set('cookie', cookie).set('accept', 'application/json').expect(200)).body as PortalAnswer).url;
  const { id, trial_end: trialEnd } = await asCheckout(stripe, { customer, price, card });
  return {
    customer,
    email,
    subscription: id,
    trialEnd: trialEnd ?? 0,
    me: async () => ((await supertest(url).get('/users/me').set('cookie', cookie).expect(200)).body as MeAnswer).user,
    inPortal: async (path, form) => sendForm(`${await portal()}/${path}`, form),
  };
}

async function sendForm(url: string, form: Record<string, string>): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  if (answer.status !== 303) throw new Error(`the portal answers ${answer.status} to ${new URL(url).pathname.split('/').slice(4).join('/')}: ${await answer.text()}`);
}

/** Makes what Checkout makes of a trial: the subscription has a card of its own. */
export async function asCheckout(stripe: Stripe, { customer, price, card }: { customer: string; price: string; card: string }): Promise<Stripe.Subscription> {
  const { id } = await stripe.paymentMethods.attach(card, { customer });
  return stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: TRIAL_DAYS, default_payment_method: id });
}

async function eventsOf(stripe: Stripe, customer: string): Promise<Stripe.Event[]> {
  const all = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  return all.filter(({ data }) => JSON.stringify(data.object).includes(customer)).reverse();
}

async function postEvent(url: string, event: Stripe.Event, secret: string): Promise<number> {
  const body = JSON.stringify(event);
  const headers = { 'content-type': 'application/json', 'stripe-signature': signed(body, { secret }) };
  return (await fetch(`${url}/webhook`, { method: 'POST', headers, body })).status;
}
