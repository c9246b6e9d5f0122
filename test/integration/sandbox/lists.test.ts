/** Every list of the API: pages in both directions, bounds, moments, and each filter that its route takes. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../../../sandbox/app.ts';
import type { Route } from '../../../sandbox/wire/route.ts';
import type { StripeObject } from '../../../sandbox/world.ts';
import { ROUTES } from '../../support/sandbox-routes.ts';
import { connect, KEY } from './running-sandbox.ts';

const OBJECTS = 23;
/** So many were made in one second. */
const TIES = 4;
const MANY = 250;
const CUSTOMER = 'cus_of_the_lists';

let server: Server;
let sandbox: Sandbox;
let base: string;
beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sandbox = createSandbox({ server, baseUrl: base, defaultPortal: false });
  server.on('request', sandbox.app);
  sandbox.world.store.insert({ id: CUSTOMER, object: 'customer', created: 1, test_clock: 'clock_none' } as StripeObject);
  now = sandbox.world.now();
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await sandbox.close();
});

let now: number;

/** The kind that a list is of, where its path does not end in the plural of it. */
const KINDS: Record<string, string> = {
  '/v1/billing_portal/configurations': 'billing_portal.configuration',
  '/v1/checkout/sessions': 'checkout.session',
  '/v1/plans': 'price',
  '/v1/test_helpers/test_clocks': 'test_helpers.test_clock',
};
const kindOf = (path: string): string => KINDS[path] ?? path.split('/').at(-1)!.replace(/s$/, '');

/** Where a filter looks, if not at the field of its name; for a list of one path only, `path name`. */
const FIELDS: Record<string, string> = {
  'customer_details[email]': 'customer_details.email',
  delivery_success: 'pending_webhooks',
  ids: 'id',
  lookup_keys: 'lookup_key',
  'payment[payment_intent]': 'payment.payment_intent',
  'payment[type]': 'payment.type',
  pending: 'invoice',
  'recurring[interval]': 'recurring.interval',
  'recurring[usage_type]': 'recurring.usage_type',
  types: 'type',
  '/v1/invoices subscription': 'parent.subscription_details.subscription',
};

/** What is asked for, what such an object holds, and what another one holds; the words where not any text is taken. */
const VALUES: Record<string, [asked: string, held: unknown, other: unknown]> = {
  active: ['true', true, false],
  collection_method: ['send_invoice', 'send_invoice', 'charge_automatically'],
  currency: ['eur', 'eur', 'usd'],
  delivery_success: ['false', 2, 0],
  is_default: ['false', false, true],
  'payment[type]': ['payment_intent', 'payment_intent', 'charge'],
  pending: ['true', null, 'in_1'],
  'recurring[interval]': ['week', 'week', 'day'],
  'recurring[usage_type]': ['licensed', 'licensed', 'metered'],
  shippable: ['false', false, true],
  '/v1/prices type': ['one_time', 'one_time', 'recurring'],
  '/v1/products type': ['good', 'good', 'service'],
  '/v1/checkout/sessions status': ['open', 'open', 'complete'],
  '/v1/invoices status': ['void', 'void', 'draft'],
  '/v1/invoice_payments status': ['paid', 'paid', 'open'],
  '/v1/subscriptions status': ['unpaid', 'unpaid', 'active'],
};

/** Without these there is no list, and with them nothing else is in it. */
const NEEDED: Record<string, { query: string; fields: object }> = {
  '/v1/payment_methods': { query: `customer=${CUSTOMER}`, fields: { customer: CUSTOMER } },
  '/v1/customers/:customer/payment_methods': { query: '', fields: { customer: CUSTOMER } },
  '/v1/plans': { query: '', fields: { type: 'recurring' } },
  '/v1/subscriptions': { query: '', fields: { status: 'active', items: { data: [{ current_period_start: 1, current_period_end: 9_999_999_999 }] } } },
};
/** Sent together with another parameter. */
const TOGETHER: Record<string, string> = { 'payment[payment_intent]': 'payment[type]=payment_intent', 'recurring[usage_type]': 'recurring[interval]=week' };
const HELD_TOGETHER: Record<string, [string, unknown]> = { 'payment[payment_intent]': ['payment.type', 'payment_intent'], 'recurring[usage_type]': ['recurring.interval', 'week'] };

const PAGE_PARAMETERS = ['limit', 'starting_after', 'ending_before', 'created'];
const isList = ({ method, path, spec }: Route): boolean => method === 'GET' && 'starting_after' in spec && !/\/(:id|:\w+)\/(lines|line_items)$|search$/.test(path);
/** A subscription's items live within it. */
const LISTS = ROUTES.filter((route) => isList(route) && route.path !== '/v1/subscription_items');

const get = async (path: string, query: string): Promise<{ status: number; body: { data: StripeObject[]; has_more: boolean; url: string; error?: Record<string, unknown> } }> => {
  const needed = NEEDED[path]?.query ?? '';
  const url = `${base}${path.replace(':customer', CUSTOMER)}?${[needed, query].filter((part) => part !== '').join('&')}`;
  const response = await fetch(url, { headers: { Authorization: `Bearer ${KEY}` } });
  return { status: response.status, body: (await response.json()) as never };
};
const idsOf = async (path: string, query: string): Promise<string[]> => (await get(path, query)).body.data.map(({ id }) => id);

/** An object that holds just what the lists look at. */
function put(path: string, id: string, created: number, fields: [string, unknown][] = []): string {
  const object = { id, object: kindOf(path), created, test_clock: null, metadata: {}, data: { object: {} }, ...NEEDED[path]?.fields };
  for (const [field, value] of fields) setAt(object, field.split('.'), value);
  sandbox.world.store.insert(object);
  return id;
}

function setAt(object: Record<string, unknown>, [name = '', ...deeper]: string[], value: unknown): void {
  if (deeper.length === 0) object[name] = value;
  else setAt((object[name] ??= {}) as Record<string, unknown>, deeper, value);
}

/** Ids of `count` objects, newest first, some of them of one second; nothing else of their kind is left. */
function fill(path: string, count: number): string[] {
  for (const { id } of sandbox.world.store.all(kindOf(path))) if (id !== CUSTOMER) sandbox.world.store.remove(kindOf(path), id);
  const oldest = now - count;
  return Array.from({ length: count }, (_, index) => put(path, `${kindOf(path).replace(/\W/g, '')}_${index}`, oldest + Math.floor(index / TIES))).reverse();
}

describe.each(LISTS.map((route) => [route.path, route] as const))('%s', (path, { spec }) => {
  test('is paged in both directions, ten at a time unless told otherwise', async () => {
    const all = fill(path, OBJECTS);
    const first = await get(path, '');
    expect(first.body).toMatchObject({ object: 'list', url: path.replace(':customer', CUSTOMER), has_more: true });
    expect(first.body.data.map(({ id }) => id)).toEqual(all.slice(0, 10));
    const onwards: string[] = [];
    for (let page = first.body; ; page = (await get(path, `limit=10&starting_after=${onwards.at(-1)!}`)).body) {
      onwards.push(...page.data.map(({ id }) => id));
      if (!page.has_more) break;
    }
    expect(onwards).toEqual(all);
    const back = await get(path, `limit=5&ending_before=${all[12]!}`);
    expect([back.body.data.map(({ id }) => id), back.body.has_more]).toEqual([all.slice(7, 12), true]);
    const newest = await get(path, `limit=100&ending_before=${all[3]!}`);
    expect([newest.body.data.map(({ id }) => id), newest.body.has_more]).toEqual([all.slice(0, 3), false]);
    expect(await idsOf(path, `limit=100&starting_after=${all.at(-1)!}`)).toEqual([]);
  });

  test.each([
    ['limit=0', 'limit', 'parameter_invalid_integer'],
    ['limit=101', 'limit', 'parameter_invalid_integer'],
    ['limit=ten', 'limit', 'parameter_invalid_integer'],
    ['starting_after=nobody_1', 'starting_after', 'resource_missing'],
    ['ending_before=nobody_1', 'ending_before', 'resource_missing'],
    ['starting_after=a&ending_before=b', 'ending_before', undefined],
    ['nonsense=1', 'nonsense', 'parameter_unknown'],
  ])('refuses %s', async (query, param, code) => {
    const { status, body } = await get(path, query);
    expect([status, body.error?.param, body.error?.code]).toEqual([400, param, code]);
  });

  if ('created' in spec) test('is of any moment', async () => {
    const all = fill(path, 8);
    const [newer, older] = [all.slice(0, TIES), all.slice(TIES)];
    const first = now - 8;
    expect(await idsOf(path, `created=${first}`)).toEqual(older);
    expect(await idsOf(path, `created[gt]=${first}`)).toEqual(newer);
    expect(await idsOf(path, `created[gte]=${first + 1}&created[lte]=${first + 1}`)).toEqual(newer);
    expect(await idsOf(path, `created[lt]=${first + 1}`)).toEqual(older);
    expect((await get(path, 'created=then')).body.error).toMatchObject({ param: 'created' });
  });

  test.each(filtersOf(spec))('filters by %s', async (name) => {
    fill(path, 0);
    const field = FIELDS[`${path} ${name}`] ?? FIELDS[name] ?? name;
    const [asked, held, other] = VALUES[`${path} ${name}`] ?? VALUES[name] ?? ['wanted_1', 'wanted_1', 'other_1'];
    const also = name in HELD_TOGETHER ? [HELD_TOGETHER[name]!] : [];
    const objects = [held, other, ...(field === 'id' || held === null ? [] : [null])];
    for (const [index, value] of objects.entries()) put(path, `filtered_${index}`, now, [...also, [field, value]]);
    const query = [TOGETHER[name], `${name}${['ids', 'lookup_keys', 'types'].includes(name) ? '[]' : ''}=${asked}`].filter(Boolean).join('&');
    expect(await idsOf(path, query)).toEqual([field === 'id' ? asked : 'filtered_0']);
  });
});

/** By their full names; the customer of a path and of what needs one is no filter to try. */
function filtersOf(spec: Route['spec'], within = ''): string[] {
  return Object.entries(spec).flatMap(([key, kind]) => {
    const name = within === '' ? key : `${within}[${key}]`;
    if (PAGE_PARAMETERS.includes(name) || 'required' in kind && within === '') return [];
    const deeper = Object.keys(kind.spec ?? {});
    return deeper.length > 0 ? filtersOf(kind.spec!, name) : [name];
  });
}

test('the SDK walks through hundreds by itself, in both directions', async () => {
  const all = fill('/v1/products', MANY);
  const stripe = connect(Number(new URL(base).port));
  const seen: string[] = [];
  for await (const { id } of stripe.products.list({ limit: 100 })) seen.push(id);
  expect(seen).toEqual(all);
  const backwards: string[] = [];
  for await (const { id } of stripe.products.list({ limit: 100, ending_before: all.at(-1)! })) backwards.push(id);
  expect(backwards).toEqual(all.slice(0, -1).toReversed());
  expect(await stripe.products.list({ limit: 100 }).autoPagingToArray({ limit: 220 })).toHaveLength(220);
});
