/** R57: a Stripe CLI whose connection is cut, whose session is forgotten, or who speaks another API version: what is missed comes by the daemon's next look. */
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { API_VERSION } from '../../core/api-version.ts';
import { closeGap } from '../../core/billing/gap.ts';
import { settleQuestion } from '../../core/billing/reconcile.ts';
import { openGateway, type Gateway } from '../integration/stripe-cli/gateway.ts';
import { hasStripeCli, stripePrograms, type StripePrograms } from '../integration/stripe-cli/stripe-program.ts';
import { KEY, openSandbox, type SandboxUnderTest } from '../integration/sandbox/running-sandbox.ts';
import { allSubscriptions } from '../support/caches.ts';
import { openDaemon, type DaemonUnderTest } from '../support/daemon.ts';
import { drift } from '../support/drift.ts';
import { freshFolder, type FreshFolder } from '../support/folders.ts';
import { overlaid } from '../support/overlaid.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Wrong } from './order-wrong.ts';
import { tried } from './tried.ts';

const BURST = 20;
/** Some of the events of the burst. */
const CUT_AFTER_BYTES = 200_000;
const RETURN_LIMIT_MS = 40_000;
/** It is back after 2 s, or never. */
const HANGS_AFTER_MS = 10_000;

let folder: FreshFolder;
let sandbox: SandboxUnderTest;
let gateway: Gateway;
let programs: StripePrograms;
let daemon: DaemonUnderTest;
let price: string;

beforeEach(async () => {
  folder = freshFolder();
  sandbox = await openSandbox();
  gateway = await openGateway(portOf(sandbox));
  programs = stripePrograms(gateway.url, folder.path);
  daemon = await start();
  price = await makePrice();
});
afterEach(async () => {
  programs.stop();
  await daemon.close();
  await gateway.close();
  await sandbox.close();
  folder.remove();
});

const portOf = ({ url }: { url: string }): number => Number(new URL(url).port);
const listen = () => programs.listen(`${daemon.url}/webhook`, '--all-snapshot');
const makePrice = async (): Promise<string> => (await sandbox.stripe.prices.create({ currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' }, product_data: { name: 'Pair coding' } })).id;

async function start(wrong: Wrong = () => ({})): Promise<DaemonUnderTest> {
  return openDaemon({ stripeApiBase: sandbox.url, stripeSecretKey: KEY, webhookSecrets: [await secret()], through: (cache) => overlaid(cache, wrong) });
}

async function startWrong(wrong: Wrong): Promise<void> {
  await daemon.close();
  daemon = await start(wrong);
}

async function secret(): Promise<string> {
  const answer = await sandbox.call('/v1/stripecli/sessions', { method: 'POST', body: new URLSearchParams({ device_name: 'test', 'websocket_features[]': 'webhooks' }) });
  return ((await answer.json()) as { secret: string }).secret;
}

async function setSwitches(switches: object): Promise<void> {
  await sandbox.call('/_sandbox/switches', { method: 'POST', body: JSON.stringify(switches), headers: { 'Content-Type': 'application/json' } });
}

async function subscribes(): Promise<Stripe.Subscription> {
  const { stripe } = sandbox;
  const { id: customer } = await stripe.customers.create({});
  const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  return stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 3, default_payment_method: id });
}

/** What the daemon does at its start and every 10 minutes. */
async function look(): Promise<void> {
  await closeGap(sandbox.stripe, daemon.cache, { now: () => Date.now() });
  for (const subscription of await daemon.cache.questions()) await settleQuestion(sandbox.stripe, daemon.cache, subscription);
  expect(await drift(sandbox.stripe, daemon.cache), 'the cache and Stripe').toEqual([]);
}

const isCached = (id: string) => async (): Promise<boolean> => (await daemon.cache.subscription(id)) !== undefined;

/** The official program at times hangs for good when it is cut while it acknowledges much: somebody starts it again. */
async function isBack(): Promise<void> {
  await waitFor('the cut connection to be back', () => gateway.connections() >= 2, HANGS_AFTER_MS).catch(async () => {
    programs.stop();
    await listen();
  });
}

/** At a Stripe that would send again what was not acknowledged, or forget it. */
async function cutInABurst(unacknowledged: 'resend' | 'forget'): Promise<void> {
  await setSwitches({ cli_unacknowledged: unacknowledged });
  await waitFor('the first look', async () => (await daemon.cache.backfilledUntil()) !== undefined);
  gateway.cutAfter(CUT_AFTER_BYTES);
  await listen();
  const made = await Promise.all(Array.from({ length: BURST }, subscribes));
  await isBack();
  const { id } = await waitFor('an event after it', async () => {
    const subscribed = await subscribes();
    await waitFor('it', isCached(subscribed.id), 2_000);
    return subscribed;
  }, RETURN_LIMIT_MS);
  expect(await isCached(id)()).toBe(true);
  if (unacknowledged === 'forget') expect((await drift(sandbox.stripe, daemon.cache)).length, 'without a look some are missing').toBeGreaterThan(0);
  await look();
  expect((await allSubscriptions(daemon.cache)).length).toBeGreaterThan(made.length);
}

async function sessionForgotten(): Promise<void> {
  await listen();
  const port = portOf(sandbox);
  await sandbox.close();
  sandbox = await openSandbox({ port });
  price = await makePrice();
  const missed = await subscribes();
  await waitFor('a second session', () => gateway.sessions().length === 2, RETURN_LIMIT_MS);
  await waitFor('its connection', () => gateway.connections() >= 2, RETURN_LIMIT_MS);
  expect(await isCached(missed.id)(), 'nobody told of it').toBe(false);
  await look();
  expect(await isCached(missed.id)()).toBe(true);
}

async function ofVersion(version: string): Promise<void> {
  await setSwitches({ event_api_version: version });
  await listen();
  const { id } = await subscribes();
  await waitFor('it to be cached', isCached(id));
  await waitFor('all questions to be answered', async () => (await daemon.cache.questions()).length === 0);
  expect(await drift(sandbox.stripe, daemon.cache), 'the cache and Stripe').toEqual([]);
}

const eventsThere = async (): Promise<number> => (await daemon.cache.events({ limit: 10_000 })).length;

describe.skipIf(!hasStripeCli)('stripe listen', { timeout: 120_000 }, () => {
  test.for(['resend', 'forget'] as const)('whose connection is cut in the middle of a burst, at a Stripe that would %s', async (unacknowledged) => {
    await cutInABurst(unacknowledged);
    tried('R57', { cases: 1, events: await eventsThere() });
  });

  test('whose session Stripe has forgotten', async () => {
    await sessionForgotten();
    tried('R57', { cases: 1, events: await eventsThere() });
  });

  test.for(['2020-03-02', '2025-02-24.acacia'])('at an account of the API version %s', async (version) => {
    await ofVersion(version);
    tried('R57', { cases: 1, events: await eventsThere() });
  });
});

describe.skipIf(!hasStripeCli)('beside stripe listen', { timeout: 120_000 }, () => {
  test.for([
    ['after a cut connection', () => cutInABurst('forget')],
    ['after a forgotten session', sessionForgotten],
  ] as const)('a daemon that does not look for what it missed %s is caught', async ([, story]) => {
    await startWrong(() => ({ unknownEvents: () => Promise.resolve([]) }));
    await expect(story()).rejects.toThrow('the cache and Stripe');
    tried('R57', { wrong: 1 });
  });

  test('a daemon that takes the shape of another version for ours is caught', async () => {
    await startWrong((cache) => ({
      recordEvent: (received) => cache.recordEvent({ ...received, event: { ...received.event, api_version: API_VERSION } }),
    }));
    await expect(ofVersion('2020-03-02')).rejects.toThrow('it to be cached');
    tried('R57', { wrong: 1 });
  });
});
