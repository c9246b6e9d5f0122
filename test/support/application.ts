/** The whole application for the stories: a sandbox, provisioned, and a daemon that hears it; or, with BASE_URL, the one that runs. */
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test as base } from '@playwright/test';
import Stripe from 'stripe';
import { freshFolder } from './folders.ts';
import { runDevchat, startDevchat, type Running, type Surroundings } from './processes.ts';
import { findStripeCli } from './stripe-cli.ts';

const KEY = 'sk_test_devchat_browser_tests';
const CHALLENGE_ID = 'milestone2-test';
const START_LIMIT_MS = 60_000;
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+/;

/** Where `devchat up` starts the sandbox, and the challenge id it uses there. */
const SANDBOX_BASE = 'http://127.0.0.1:12111';
const SANDBOX_CHALLENGE_ID = 'devchat-local';

/** How events travel: the sandbox posts them to a webhook endpoint, or the official Stripe CLI carries them. */
export type Delivery = 'endpoint' | 'stripe-cli';

export interface Application {
  baseUrl: string;
  /** A client for the Stripe that the application uses. */
  stripe: Stripe;
  challengeId: string;
  /** Runs a command as its owner would, and resolves with what it prints; a command that fails is a failure. Undefined at BASE_URL. */
  devchat: ((...args: string[]) => Promise<string>) | undefined;
  stop(): Promise<void>;
}

interface WorkerFixtures {
  delivery: Delivery;
  application: Application;
}

/** Playwright's `test` with the application's address as `baseURL`. Stories that lack a program are skipped by its name. */
export const test = base.extend<{ programs: void }, WorkerFixtures>({
  delivery: ['endpoint', { option: true, scope: 'worker' }],
  application: [
    async ({ delivery }, use) => {
      const application = runningApplication() ?? (await startApplication(delivery));
      await use(application);
      await application.stop();
    },
    { scope: 'worker', timeout: START_LIMIT_MS },
  ],
  programs: async ({ launchOptions, delivery }, use, story) => {
    const throughCli = delivery === 'stripe-cli';
    story.skip(launchOptions.executablePath === undefined, 'needs a Chromium');
    story.skip(throughCli && findStripeCli() === undefined, 'needs the official Stripe CLI');
    story.skip(throughCli && process.env.BASE_URL !== undefined, 'the application at BASE_URL hears Stripe in its own way');
    await use();
  },
  // `programs` stands first: without them nothing needs to start.
  baseURL: async ({ programs: _, application }, use) => use(application.baseUrl),
});

/** The same, with every event travelling through the official Stripe CLI. */
export const testThroughStripeCli = test.extend({ delivery: 'stripe-cli' });

export { expect };

/** The application at BASE_URL; its Stripe is told by the same variables that devchat itself reads. */
function runningApplication(): Application | undefined {
  const { BASE_URL, STRIPE_SECRET_KEY, STRIPE_API_BASE, CHALLENGE_ID: challengeId } = process.env;
  if (BASE_URL === undefined) return undefined;
  const stripe = STRIPE_SECRET_KEY
    ? connectStripe(STRIPE_SECRET_KEY, STRIPE_API_BASE)
    : connectStripe(KEY, STRIPE_API_BASE ?? SANDBOX_BASE);
  return { baseUrl: BASE_URL, stripe, challengeId: challengeId ?? SANDBOX_CHALLENGE_ID, devchat: undefined, stop: () => Promise.resolve() };
}

/** Starts everything on free ports in a fresh folder. */
async function startApplication(delivery: Delivery): Promise<Application> {
  const folder = freshFolder();
  const running: Running[] = [];
  const stop = async () => {
    const ended = [];
    for (const started of running.toReversed()) ended.push(await started.stop());
    folder.remove();
    for (const { code, stderr } of ended) expect(code, `a part that does not stop cleanly:\n${stderr}`).toBe(0);
  };
  try {
    const started = await startParts(delivery, folder.path, running);
    return { ...started, challengeId: CHALLENGE_ID, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(delivery: Delivery, folder: string, running: Running[]) {
  const start: Start = async (args, surroundings, ready = ADDRESS) => {
    const started = startDevchat(args, surroundings);
    running.push(started);
    return (await started.printed(ready))[0];
  };
  const apiBase = await start(['sandbox', '--port', '0', '--data', `${folder}/sandbox`], { folder });
  const env = { STRIPE_API_BASE: apiBase, STRIPE_SECRET_KEY: KEY, CHALLENGE_ID };
  const devchat = (...args: string[]) => ran(args, { folder, env });
  for (const what of ['portal', 'catalog']) await devchat('provision', what, '--json');
  const stripe = connectStripe(KEY, apiBase);
  return { stripe, devchat, baseUrl: await DELIVERIES[delivery](start, stripe, { folder, env }) };
}

/** Starts a command that goes on, and resolves with what it prints when it is ready: its address, unless told. */
type Start = (args: string[], surroundings: Surroundings, ready?: RegExp) => Promise<string>;

/** Starts a daemon that hears Stripe this way, and resolves with its address. */
const DELIVERIES: Record<Delivery, (start: Start, stripe: Stripe, surroundings: Surroundings) => Promise<string>> = {
  endpoint: async (start, stripe, { folder, env }) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/webhook`;
    const { secret } = await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] });
    return start(['serve', '--port', String(port)], { folder, env: { ...env, STRIPE_WEBHOOK_SECRET: secret ?? '' } });
  },
  'stripe-cli': async (start, _stripe, { folder, env }) => {
    const baseUrl = await start(['serve', '--port', '0'], { folder, env });
    await start(['listen', '--port', new URL(baseUrl).port], { folder, env }, /Ready!/);
    return baseUrl;
  },
};

async function ran(args: string[], surroundings: Surroundings): Promise<string> {
  const { code, stdout, stderr } = await runDevchat(args, surroundings);
  if (code !== 0) throw new Error(`devchat ${args.join(' ')} ended with ${code}:\n${stderr}`);
  return stdout;
}

function connectStripe(key: string, apiBase: string | undefined): Stripe {
  if (apiBase === undefined) return new Stripe(key);
  const { hostname, port, protocol } = new URL(apiBase);
  return new Stripe(key, { host: hostname, port, protocol: protocol === 'https:' ? 'https' : 'http' });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
