/** What the tests about killed and failing daemons deliver: the news of a declined payment, which cancels one session and tells the owner once. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type Stripe from 'stripe';
import type { Cache } from '../../core/cache/cache.ts';
import { freshCacheFile, type CacheFile } from '../support/caches.ts';
import { signed, startNetwork } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';
import { declined, openSilentShop } from '../integration/declines/told-by-hand.ts';

const ASKED_WITHIN_MILLISECONDS = 5_000;

export interface DeclinedCustomer {
  /** A Stripe that does not list its events: what nobody delivers, nobody hears of. */
  stripeApiBase: string;
  /** What nobody has heard of yet, in Stripe's order: of all that happened, what changes something for the customer. */
  untold: Stripe.Event[];
  /** A cache that knows nothing of it, in a file of its own. */
  file(): CacheFile;
  /** What is wrong in a cache that has been told everything; nothing where all is as it must be. */
  wrongIn(cache: Cache, path: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openDeclinedCustomer(): Promise<DeclinedCustomer> {
  const shop = await openSilentShop();
  const { ada, invoice, untold: happened, sessions } = await declined(shop, [5, 40]);
  const untold = happened.filter(({ type, data }) => type === 'invoice.payment_failed' || (data.object as { status?: string }).status === 'past_due');
  const template = freshCacheFile();
  mkdirSync(template.folder, { recursive: true });
  const database = new Database(shop.daemon.file.path);
  database.exec(`VACUUM INTO '${template.path}'`);
  database.close();
  const truth = async (cache: Cache, path: string): Promise<object> => {
    const { subscription, invoice: missing } = (await cache.subscription(ada.subscription)) ?? {};
    const kept = await Promise.all(sessions.map((id) => cache.session(id)));
    return { snapshot: subscription?.snapshot, invoice: { ...missing, asOf: 0 }, sessions: kept.map((each) => each?.changes.map(({ state }) => state)), told: noticesIn(path) };
  };
  for (const event of happened) await shop.post(event);
  await shop.settled();
  const expected = { ...(await truth(shop.cache, shop.daemon.file.path)), sessions: [['booked', 'cancelled'], ['booked']], told: [`payment.failed ${invoice}`] };
  const sandbox = `http://${shop.stripe.getApiField('host')}:${shop.stripe.getApiField('port')}`;
  const network = await startNetwork(sandbox, (call) => (call === 'GET /v1/events' ? 'down' : 'fine'));
  return {
    stripeApiBase: network.url,
    untold,
    file: () => copyOf(template),
    wrongIn: async (cache, path) => {
      const isAsked = await waitFor('Stripe to be asked', async () => (await cache.questions()).length === 0, ASKED_WITHIN_MILLISECONDS).catch(() => false);
      return [...(await wrongAttempts(cache, untold)), ...differences(expected, await truth(cache, path)), ...(isAsked ? [] : ['Stripe is not asked'])];
    },
    close: async () => {
      await template.remove();
      await network.close();
      await shop.close();
    },
  };
}

function noticesIn(path: string): unknown[] {
  const database = new Database(path, { readonly: true });
  const told = database.prepare(`SELECT type || ' ' || subject FROM notices`).pluck().all();
  database.close();
  return told;
}

function copyOf(template: CacheFile): CacheFile {
  const file = freshCacheFile();
  mkdirSync(dirname(file.path), { recursive: true });
  copyFileSync(template.path, file.path);
  return file;
}

/** Each event is journaled once, and has been applied by one attempt. */
async function wrongAttempts(cache: Cache, events: readonly Stripe.Event[]): Promise<string[]> {
  const found = await Promise.all(events.map(async ({ id, type }) => ({ id, type, attempts: (await cache.event(id))?.attempts ?? [] })));
  const succeeded = found.map(({ id, type, attempts }) => ({ name: `${type} ${id}`, many: attempts.filter(({ outcome }) => outcome !== 'failed').length }));
  return succeeded.filter(({ many }) => many !== 1).map(({ name, many }) => (many === 0 ? `lost: ${name}` : `applied ${many} times: ${name}`));
}

function differences(expected: object, actual: unknown): string[] {
  const found = actual as Record<string, unknown>;
  return Object.entries(expected)
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(found[name]))
    .map(([name, value]) => `${name} is ${JSON.stringify(found[name])}, not ${JSON.stringify(value)}`);
}

/** Posts an event with Stripe's signature: the answer's status, or null where none came. */
export async function post(url: string, event: Stripe.Event): Promise<number | null> {
  const body = JSON.stringify(event);
  const headers = { 'content-type': 'application/json', 'stripe-signature': signed(body) };
  return fetch(`${url}/webhook`, { method: 'POST', headers, body }).then(
    async (answer) => {
      await answer.arrayBuffer().catch(() => undefined);
      return answer.status;
    },
    () => null,
  );
}
