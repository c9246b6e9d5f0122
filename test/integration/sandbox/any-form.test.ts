/** Whatever form a route gets, it answers as Stripe does: never with a failure of its own, and a refusal leaves nothing behind. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../../../sandbox/app.ts';
import { takenNames } from '../../../sandbox/wire/params.ts';
import type { Route } from '../../../sandbox/wire/route.ts';
import { ROUTES, routeName } from '../../support/sandbox-routes.ts';
import { KEY } from './running-sandbox.ts';

const RUNS_PER_ROUTE = 12;
const LIMIT_MS = 120_000;
/** Node itself answers 431, with no body, to a longer head than 16 KiB; a form of six long values in a query is longer. */
const HEAD_BYTES = 1 << 17;

let server: Server;
let sandbox: Sandbox;
let base: string;
/** Ids of things that exist, of every kind that a form can name. */
let known: string[];

beforeAll(async () => {
  server = createServer({ maxHeaderSize: HEAD_BYTES });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sandbox = createSandbox({ server, baseUrl: base, defaultPortal: true });
  server.on('request', sandbox.app);
  known = await furnish();
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await sandbox.close();
});

async function call(method: string, path: string, form: string): Promise<{ status: number; text: string }> {
  const headers = { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/x-www-form-urlencoded' };
  const response =
    method === 'POST' ? await fetch(base + path, { method, headers, body: form }) : await fetch(`${base}${path}?${form}`, { method, headers });
  return { status: response.status, text: await response.text() };
}

/** One of each thing. */
async function furnish(): Promise<string[]> {
  const made = async (path: string, form: string): Promise<string> => {
    const { status, text } = await call('POST', path, form);
    expect(status, text).toBe(200);
    return (JSON.parse(text) as { id: string }).id;
  };
  const product = await made('/v1/products', 'name=Thing');
  const price = await made('/v1/prices', `product=${product}&currency=usd&unit_amount=100&recurring[interval]=month`);
  const customer = await made('/v1/customers', 'payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa');
  const subscription = await made('/v1/subscriptions', `customer=${customer}&items[][price]=${price}`);
  const session = await made('/v1/checkout/sessions', `mode=subscription&success_url=http://a.test&line_items[0][price]=${price}&line_items[0][quantity]=1`);
  const intent = await made('/v1/payment_intents', 'amount=100&currency=usd');
  const setup = await made('/v1/setup_intents', '');
  const invoices = sandbox.world.store.all<{ id: string; object: string }>('invoice').map(({ id }) => id);
  return [product, price, customer, subscription, session, intent, setup, ...invoices, 'pm_card_visa', 'pm_card_chargeDeclined'];
}

const VALUES = ['', '0', '1', '-1', '101', 'true', 'now', 'usd', 'card', 'month', 'null', 'ünïcödé ✓', '%', 'a[b', 'x'.repeat(6000), '9'.repeat(20)];

/** A path with ids in it, and a form of names that the route takes, in every encoding, right and wrong. */
function calls(route: Route): fc.Arbitrary<{ path: string; form: string }> {
  const value = fc.oneof(fc.constantFrom(...VALUES), fc.constantFrom(...known), fc.string());
  const name = fc.constantFrom(...takenNames(route.spec), 'expand', 'expand[]', 'expand[0]', 'metadata[a]', 'a[b', '[', ']', '__proto__', 'constructor');
  const sent = name.chain((one) => fc.constantFrom(one, `${one}[]`, `${one}[0]`, `${one}[x][y]`, one.replace('[', '[0][')));
  const form = fc.array(fc.tuple(sent, value), { maxLength: 6 }).map((pairs) => new URLSearchParams(pairs).toString());
  const path = fc.constantFrom(...known, 'nobody').map((id) => route.path.replaceAll(/:\w+/g, id));
  return fc.record({ path, form });
}

/** Everything that is stored, but for kept answers. */
function stored(): string {
  const { store } = sandbox.world;
  return JSON.stringify(store.kinds().filter((kind) => kind !== '_idempotent_answer').map((kind) => store.all(kind)));
}

test.each(ROUTES.map((route) => [routeName(route), route.method] as const))('%s', { timeout: LIMIT_MS }, async (name) => {
  const route = ROUTES.find((one) => routeName(one) === name)!;
  await fc.assert(
    fc.asyncProperty(calls(route), async ({ path, form }) => {
      const before = stored();
      const { status, text } = await call(route.method, path, form);
      expect(status, `${path} ${form}\n${text}`).toBeLessThan(500);
      const { error } = JSON.parse(text) as { error?: { type: string; message: string } };
      expect(error === undefined).toBe(status === 200);
      if (status !== 200 && status !== 402) expect(stored() === before, `${path} ${form} left something behind`).toBe(true);
    }),
    { numRuns: RUNS_PER_ROUTE },
  );
});
