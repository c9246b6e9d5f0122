/** One subscription that Stripe does not tell of stops no other: it is named after the rest, and the command ends with 1. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type Stripe from 'stripe';
import { runBackfill } from '../../../cli/commands/events/backfill.ts';
import { runSync } from '../../../cli/commands/subscriptions/sync.ts';
import { runVerify, type VerifyOptions } from '../../../cli/commands/subscriptions/verify.ts';
import { openCache } from '../../../core/cache/open-cache.ts';
import type { Cache } from '../../../core/cache/cache.ts';
import type { Context } from '../../../cli/context.ts';
import { CHALLENGE_ID, KEY, openStripe, provision, type StripeUnderTest } from '../../support/daemon.ts';
import { freshFolder } from '../../support/folders.ts';
import { asCheckout } from '../../support/shop.ts';
import { tell } from '../../support/caches.ts';
import { DAY, event } from '../../support/stripe-objects.ts';
import { recordingContext, runRecorded } from '../../unit/cli/recording-io.ts';

let stripe: StripeUnderTest;
let folder: ReturnType<typeof freshFolder>;
let price: string;
let ada: Stripe.Subscription;
let ben: Stripe.Subscription;
beforeEach(async () => {
  [stripe, folder] = [await openStripe(), freshFolder()];
  price = (await provision(stripe.stripe)).price;
  [ada, ben] = [await subscribed({ email: 'ada@example.com' }), await subscribed({ email: 'ben@example.com' })];
});
afterEach(async () => {
  await stripe.close();
  folder.remove();
});

async function subscribed(customer: Stripe.CustomerCreateParams): Promise<Stripe.Subscription> {
  return asCheckout(stripe.stripe, { customer: (await stripe.stripe.customers.create(customer)).id, price, card: 'pm_card_visa' });
}

const run = (command: (context: Context) => Promise<void>) => runRecorded(command, { folder: folder.path, env: { STRIPE_API_BASE: stripe.url, STRIPE_SECRET_KEY: KEY, CHALLENGE_ID } });
const verify = (options: VerifyOptions = {}) => run((context) => runVerify(options, context));
const sync = (options = {}) => run((context) => runSync(options, context));
const backfill = (options = {}) => run((context) => runBackfill(options, context));

async function withCache<T>(work: (cache: Cache) => Promise<T>): Promise<T> {
  const cache = await openCache(`${folder.path}/cache.sqlite`, { livemode: false });
  return work(cache).finally(() => cache.close());
}
const questions = () => withCache((cache) => cache.questions());

/** Stripe refuses to show Ada's subscription, and every list that it would be shown in whole. */
function refuseAda(): void {
  stripe.network = (call, query) => (call === `GET /v1/subscriptions/${ada.id}` || (call === 'GET /v1/subscriptions' && query.has('expand[0]')) ? 'refused' : 'fine');
}

const ROW = () => `${ada.id}  Stripe: It cannot be shown.`;
const MARKED = 'What has no answer stays marked: the daemon asks again.';

test('verify compares the others', async () => {
  refuseAda();
  expect(await verify({ detailedExitcode: true })).toMatchObject({
    out: `+ subscription ${ben.id} (${ben.customer as string}, not cached)\n  + status  trialing\n\n${ROW()}\n2 subscriptions compared: 1 not cached, 1 without an answer.`,
    exitCode: 1,
  });
  stripe.network = 'fine';
  await sync();
  refuseAda();
  expect(await verify()).toEqual({ out: `${ROW()}\n2 subscriptions compared: 1 without an answer.`, talk: '', exitCode: 1 });
  expect(JSON.parse((await verify({ json: true })).out)).toEqual({ schemaVersion: 1, compared: 2, differences: [], unanswered: [{ subscription: ada.id, reason: 'Stripe: It cannot be shown.' }] });
});

test('sync refreshes the others, and marks it to be asked about again', async () => {
  refuseAda();
  expect(await sync()).toEqual({
    out: `${ben.id}  ${ben.customer as string}  not cached before: trialing\n${ROW()}\n2 subscriptions compared, 1 refreshed, 1 without an answer.`,
    talk: MARKED,
    exitCode: 1,
  });
  expect(await questions()).toEqual([ada.id]);
  expect(JSON.parse((await sync({ json: true })).out)).toMatchObject({ compared: 2, refreshed: [], unanswered: [{ subscription: ada.id }] });
  stripe.network = 'fine';
  expect(await sync()).toMatchObject({ out: expect.stringContaining('2 subscriptions compared, 1 refreshed.') as string, exitCode: 0 });
  expect(await questions()).toEqual([]);
});

describe('backfill', () => {
  test('by subscriptions closes the gap for the others; the next one goes by events and asks again', async () => {
    refuseAda();
    expect(await backfill()).toEqual({
      out: `${ben.id}  ${ben.customer as string}  not cached before: trialing\n${ROW()}\nNo events were listed before: 2 subscriptions compared, 1 refreshed, 1 without an answer.`,
      talk: MARKED,
      exitCode: 1,
    });
    expect(await backfill()).toMatchObject({ out: expect.stringMatching(new RegExp(`^${ROW()}\nEvents since .*: \\d+ listed, \\d+ new, 1 without an answer\\.$`)) as string, exitCode: 1 });
    stripe.network = 'fine';
    expect(await backfill()).toMatchObject({ out: expect.stringMatching(/^Events since .*, 0 new\.$/) as string, talk: '', exitCode: 0 });
    expect(await questions()).toEqual([]);
  });

  test('asks every question, whichever of them is refused', async () => {
    await backfill();
    const puzzle = ({ id, customer }: Stripe.Subscription) => event('customer.subscription.updated', { id, object: 'subscription', customer }, { api_version: '2020-03-02' });
    await withCache(async (cache) => void (await Promise.all([ada, ben].map((each) => tell(cache, puzzle(each))))));
    refuseAda();
    const { out, exitCode } = await backfill({ json: true });
    expect(JSON.parse(out)).toMatchObject({ by: 'events', unanswered: [{ subscription: ada.id, reason: 'Stripe: It cannot be shown.' }] });
    expect(exitCode).toBe(1);
    expect(await questions()).toEqual([ada.id]);
  });

  test('tells a person how far the questions are', async () => {
    await backfill();
    await withCache(async (cache) => void (await Promise.all([ada, ben].map(({ id }) => cache.ask(id)))));
    const { context, rewritten } = recordingContext({ folder: folder.path, env: { STRIPE_API_BASE: stripe.url, STRIPE_SECRET_KEY: KEY, CHALLENGE_ID }, typed: {} });
    await runBackfill({}, context).finally(() => context.close());
    expect(rewritten.filter((line) => line.includes('questions'))).toContain('0 of 2 questions to Stripe, 0 %');
  });

  test('a Stripe that is out of reach is no word about one subscription', async () => {
    await sync();
    stripe.network = (call) => (call.startsWith('GET /v1/subscriptions/') ? 'down' : 'fine');
    await withCache((cache) => cache.ask(ada.id));
    await expect(backfill()).rejects.toMatchObject({ type: 'StripeConnectionError' });
  });
});

describe('a customer that was deleted', () => {
  beforeEach(async () => {
    await sync();
    await stripe.stripe.customers.del(ada.customer as string);
  });

  async function isLearned(): Promise<void> {
    expect((await verify()).out).toMatch(/status {2,}trialing → canceled[^]*2 subscriptions compared: 1 differs\.$/);
    await withCache((cache) => cache.ask(ada.id));
    expect((await backfill()).exitCode).toBe(0);
    expect(await questions()).toEqual([]);
    expect(await verify({ detailedExitcode: true })).toMatchObject({ out: '2 subscriptions compared: the cache matches Stripe.', exitCode: 0 });
    expect(await sync()).toMatchObject({ out: '2 subscriptions compared, 0 refreshed.', exitCode: 0 });
  }

  test('is no obstacle', isLearned);

  test('nor are those of a test clock, which goes of itself after 30 days', async () => {
    const { id: test_clock } = await stripe.stripe.testHelpers.testClocks.create({ frozen_time: ada.created });
    const { id } = await subscribed({ test_clock });
    await withCache((cache) => cache.ask(id));
    await backfill();
    await stripe.advance(40 * DAY);
    await expect(stripe.stripe.testHelpers.testClocks.retrieve(test_clock)).rejects.toMatchObject({ code: 'resource_missing' });
    expect(await sync()).toMatchObject({ out: expect.stringContaining('3 subscriptions compared, 2 refreshed.') as string, exitCode: 0 });
    expect((await withCache((cache) => cache.subscription(id)))?.subscription.status).toBe('canceled');
  });

  test('nor where Stripe refuses to expand anything of what is left of it', async () => {
    stripe.network = (call, query) => {
      const isShown = call === 'GET /v1/subscriptions' || call === `GET /v1/subscriptions/${ada.id}`;
      return isShown && [...query.values()].some((path) => path.includes('customer.invoice_settings')) ? 'refused' : 'fine';
    };
    await isLearned();
  });
});
