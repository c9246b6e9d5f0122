/** A daemon that listens, over a fresh cache, with whatever Stripe a test gives it. */
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import Stripe from 'stripe';
import type { Cache } from '../../core/cache/cache.ts';
import { DEFAULT_RULES } from '../../core/billing/policy.ts';
import { createClock } from '../../core/clock.ts';
import type { Config } from '../../core/config.ts';
import { noticeTargetsOf } from '../../core/notices/targets.ts';
import { createStripe } from '../../core/stripe.ts';
import { startDaemon } from '../../daemon/main.ts';
import { startSandbox } from '../../sandbox/main.ts';
import { freshCacheFile, type CacheFile } from './caches.ts';
import { startLocalServer, type LocalServer } from './local-server.ts';

export const KEY = 'sk_test_daemon_stories';
export const SECRET = 'whsec_daemon_stories';
export const CHALLENGE_ID = 'daemon-stories';

/** Nobody listens there. */
export const NOWHERE = 'http://127.0.0.1:9';

export interface DaemonUnderTest {
  url: string;
  cache: Cache;
  file: CacheFile;
  configDir: string;
  /** The lines of its log so far. */
  log: string[];
  close(): Promise<void>;
}

export interface DaemonSettings extends Partial<Config> {
  trustUserId?: boolean;
  /** Another daemon, whose cache file it shares and leaves behind. */
  beside?: Pick<DaemonUnderTest, 'file'>;
  /** Puts something between the daemon and its cache. */
  through?: ((cache: Cache) => Cache) | undefined;
}

/** By default with one signing secret, and with a Stripe that cannot be reached. */
export async function openDaemon({ trustUserId = false, beside, through = (cache) => cache, ...settings }: DaemonSettings = {}): Promise<DaemonUnderTest> {
  const file = beside?.file ?? freshCacheFile();
  const configDir = join(file.folder, 'config');
  const config = {
    stripeSecretKey: KEY,
    stripeApiBase: NOWHERE,
    webhookSecrets: [SECRET],
    challengeId: CHALLENGE_ID,
    cache: file.path,
    host: '127.0.0.1',
    port: 0,
    configDir,
    dataDir: file.folder,
    ...DEFAULT_RULES,
    ...settings,
  };
  const { policy, timeZone } = config;
  const cache = through(await file.open({ livemode: false, rules: { policy, timeZone }, noticeTargets: noticeTargetsOf(config) }));
  const log: string[] = [];
  const daemon = await startDaemon({
    config,
    stripe: createStripe(config, { live: false }),
    cache,
    clock: await createClock(config.stripeApiBase),
    log: { plain: false, write: (line) => log.push(line) },
    trustUserId,
  });
  const close = async () => {
    await daemon.close();
    if (!beside) await file.remove();
  };
  return { url: daemon.url, cache, file, configDir, log, close };
}

/** How the network to Stripe is. `lost answers`: Stripe does what it is asked, and nobody hears of it. `refused`: Stripe calls the request invalid. */
export type Network = 'fine' | 'lost answers' | 'down' | 'refused';
type NetworkOfCall = (call: string, query: URLSearchParams) => Network;

const REFUSAL = JSON.stringify({ error: { type: 'invalid_request_error', message: 'It cannot be shown.' } });

export interface StripeUnderTest {
  url: string;
  /** A client that reaches it whatever the network is. */
  stripe: Stripe;
  /** The same for all calls, or decided for each ("POST /v1/customers"). */
  network: Network | NetworkOfCall;
  /** "POST /v1/customers" and so on, of everything that came through the network. */
  calls(): string[];
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** A sandbox behind a network of its own. */
export async function openStripe(): Promise<StripeUnderTest> {
  const sandbox = await startSandbox({ port: 0, defaultPortal: false });
  const network = await startNetwork(sandbox.url, (...call) => (typeof opened.network === 'function' ? opened.network(...call) : opened.network));
  const opened: StripeUnderTest = {
    url: network.url,
    stripe: createStripe({ stripeSecretKey: KEY, stripeApiBase: sandbox.url }, { live: false }),
    network: 'fine',
    calls: () => network.requests.map(nameOf),
    advance: async (seconds) => {
      const body = JSON.stringify({ seconds });
      await fetch(`${sandbox.url}/_sandbox/advance`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    },
    close: async () => {
      await network.close();
      await sandbox.close();
    },
  };
  return opened;
}

function nameOf({ method, url }: Pick<IncomingMessage, 'method' | 'url'>): string {
  return `${method} ${url?.split('?')[0]}`;
}

/** Stands before a Stripe at `target`; `state` says how it is for each call ("POST /v1/customers"). */
export function startNetwork(target: string, stateOf: NetworkOfCall): Promise<LocalServer> {
  return startLocalServer((request, response) => {
    const state = () => stateOf(nameOf(request), new URLSearchParams(request.url?.split('?')[1]));
    if (state() === 'down') return void request.socket.destroy();
    if (state() === 'refused') return void response.writeHead(400, { 'content-type': 'application/json' }).end(REFUSAL);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void forward().catch(() => request.socket.destroy()));
    async function forward(): Promise<void> {
      const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers as Record<string, string>;
      const body = request.method === 'GET' ? undefined : Buffer.concat(chunks);
      const answer = await fetch(`${target}${request.url}`, { method: request.method ?? 'GET', headers, ...(body ? { body } : {}) });
      const text = await answer.text();
      if (state() === 'lost answers') return void request.socket.destroy();
      const kept = [...answer.headers].filter(([name]) => !/^(connection|transfer-encoding|content-length|keep-alive)$/.test(name));
      response.writeHead(answer.status, Object.fromEntries(kept)).end(text);
    }
  });
}

/** What `devchat provision` makes, made by hand; returns the portal configuration and the price. */
export async function provision(stripe: Stripe): Promise<{ configuration: string; price: string }> {
  const metadata = { challenge_id: CHALLENGE_ID };
  const configuration = await stripe.billingPortal.configurations.create({
    business_profile: { headline: '/dev/chat' },
    features: { invoice_history: { enabled: true }, payment_method_update: { enabled: true }, subscription_cancel: { enabled: true, mode: 'immediately' } },
    metadata,
  });
  const product = await stripe.products.create({ name: '/dev/chat Pair Coding', metadata });
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 6000,
    recurring: { interval: 'month' },
    lookup_key: `devchat_paircode_monthly_${CHALLENGE_ID}`,
  });
  return { configuration: configuration.id, price: price.id };
}

/** A body as Stripe signs it. `timestamp` in seconds, now unless told. */
export function signed(body: string, { secret = SECRET, timestamp }: { secret?: string; timestamp?: number } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({ payload: body, secret, ...(timestamp === undefined ? {} : { timestamp }) });
}
