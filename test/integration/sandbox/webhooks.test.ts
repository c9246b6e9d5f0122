/** Signed events at registered endpoints: order, filters, retries, restarts. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freshFolder, type FreshFolder } from '../../support/folders.ts';
import { waitFor } from '../../support/wait-for.ts';
import { openListener, openSandbox, type Listener, type SandboxUnderTest } from './running-sandbox.ts';

let folder: FreshFolder;
let sandbox: SandboxUnderTest;
let listener: Listener;

beforeEach(async () => {
  folder = freshFolder();
  sandbox = await openSandbox({ dataFolder: folder.path });
  listener = await openListener();
});
afterEach(async () => {
  await sandbox.close();
  await listener.close();
  folder.remove();
});

const listen = (enabled_events: string[] = ['*']) =>
  sandbox.stripe.webhookEndpoints.create({ url: listener.url, enabled_events: enabled_events as ['*'] });
const types = (): string[] => listener.heard.map(({ type }) => type);
const waitForTypes = (wanted: string[]) => waitFor(`the events ${wanted.join()}`, () => String(types()) === String(wanted)).catch(() => expect(types()).toEqual(wanted));

describe('an endpoint', () => {
  test('hears events as the SDK verifies them, with the object as it was then', async () => {
    const { secret } = await listen();
    const { id } = await sandbox.stripe.customers.create({ email: 'first@example.com' });
    await sandbox.stripe.customers.update(id, { email: 'second@example.com' });
    await waitForTypes(['customer.created', 'customer.updated']);
    const [created, updated] = listener.heard.map(({ body, signature }) => sandbox.stripe.webhooks.constructEvent(body, signature, secret!));
    expect(created).toMatchObject({
      object: 'event',
      api_version: '2026-10-28.endive',
      livemode: false,
      pending_webhooks: 1,
      request: { id: expect.stringMatching(/^req_/) as string, idempotency_key: expect.stringMatching(/^stripe-node-retry-/) as string },
      data: { object: { id, email: 'first@example.com' } },
    });
    expect(updated!.data.previous_attributes).toEqual({ email: 'first@example.com' });
    const delivered = await sandbox.stripe.events.retrieve(created!.id);
    expect(delivered.pending_webhooks).toBe(0);
  });

  test('shows its secret once', async () => {
    const created = await listen();
    expect(created.secret).toMatch(/^whsec_\w{32}$/);
    expect(await sandbox.stripe.webhookEndpoints.retrieve(created.id)).not.toHaveProperty('secret');
    expect((await sandbox.stripe.webhookEndpoints.list()).data[0]).not.toHaveProperty('_secret');
  });

  test('hears only what it asked for, in the order of emission, until it is disabled or deleted', async () => {
    const { id } = await listen(['product.created', 'product.updated']);
    const product = await sandbox.stripe.products.create({ name: 'A' });
    await sandbox.stripe.customers.create();
    for (const name of ['B', 'C', 'D']) await sandbox.stripe.products.update(product.id, { name });
    await waitForTypes(['product.created', ...Array<string>(3).fill('product.updated')]);
    const names = listener.heard.map(({ body }) => (JSON.parse(body) as { data: { object: { name: string } } }).data.object.name);
    expect(names).toEqual(['A', 'B', 'C', 'D']);
    await sandbox.stripe.webhookEndpoints.update(id, { disabled: true });
    await sandbox.stripe.products.update(product.id, { name: 'E' });
    await sandbox.stripe.webhookEndpoints.update(id, { disabled: false });
    await sandbox.stripe.products.update(product.id, { name: 'F' });
    await waitFor('the fifth event', () => listener.heard.length === 5);
    expect(listener.heard.at(-1)!.body).toContain('"name": "F"');
    expect(await sandbox.stripe.webhookEndpoints.del(id)).toMatchObject({ deleted: true });
  });

  test.each(['http://shop.example/webhook', 'ftp://127.0.0.1/x', 'shop.example'])('at %s is refused', async (url) => {
    await expect(sandbox.stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })).rejects.toMatchObject({ code: 'url_invalid', param: 'url' });
  });

  test('that refuses an event gets it again, freshly signed, and the event counts as undelivered meanwhile', async () => {
    const { secret } = await listen();
    listener.answer(500);
    await sandbox.stripe.customers.create();
    await waitFor('the first try', () => listener.heard.length >= 1);
    const undelivered = await sandbox.stripe.events.list({ delivery_success: false });
    expect(undelivered.data.map(({ id }) => id)).toEqual([listener.heard[0]!.id]);
    listener.answer(204);
    await waitFor('a second try', () => listener.heard.length >= 2);
    const [first, second] = listener.heard;
    expect(second!.id).toBe(first!.id);
    sandbox.stripe.webhooks.constructEvent(second!.body, second!.signature, secret!);
    await waitFor('the success', async () => (await sandbox.stripe.events.list({ delivery_success: false })).data.length === 0);
  });

  test('gets an event again when somebody asks for it', async () => {
    const { id: endpoint } = await listen();
    await sandbox.stripe.customers.create();
    await waitForTypes(['customer.created']);
    const response = await sandbox.call(`/v1/events/${listener.heard[0]!.id}/retry`, {
      method: 'POST',
      body: new URLSearchParams({ webhook_endpoint: endpoint }),
    });
    expect(response.status).toBe(200);
    await waitForTypes(['customer.created', 'customer.created']);
  });
});

describe('a post that is under way', () => {
  test('lives through a reset and through the end of its endpoint', async () => {
    const { id } = await listen();
    listener.hold();
    await sandbox.stripe.customers.create();
    await waitFor('the post', () => listener.heard.length === 1);
    await fetch(`${sandbox.url}/_sandbox/reset`, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } });
    await sandbox.stripe.products.create({ name: 'After' });
    await sandbox.stripe.webhookEndpoints.del(id);
    listener.release();
    await listen();
    await sandbox.stripe.products.create({ name: 'Later' });
    await waitFor('the next event', () => listener.heard.some(({ body }) => body.includes('Later')));
  });
});

describe('a restart', () => {
  test('of the sandbox loses no event, no object and no time', async () => {
    const { port } = listener;
    await listen();
    await sandbox.advance(3600);
    await listener.close();
    const { id } = await sandbox.stripe.customers.create({ email: 'kept@example.com' });
    await sandbox.close();
    listener = await openListener(port);
    sandbox = await openSandbox({ dataFolder: folder.path });
    await waitForTypes(['customer.created']);
    expect(await sandbox.stripe.customers.retrieve(id)).toMatchObject({ email: 'kept@example.com' });
    expect(await (await sandbox.call('/_sandbox')).json()).toMatchObject({ offsetSeconds: 3600, objects: { customer: 1, webhook_endpoint: 1 } });
  });

  test('of the receiver is lived through', async () => {
    await listen();
    const { port } = listener;
    await listener.close();
    await sandbox.stripe.customers.create();
    listener = await openListener(port);
    await waitForTypes(['customer.created']);
  });
});

describe('the list of events', () => {
  test('can be narrowed by type, by several types and by a wildcard', async () => {
    const { id } = await sandbox.stripe.customers.create();
    await sandbox.stripe.customers.update(id, { name: 'N' });
    await sandbox.stripe.products.create({ name: 'P' });
    const listed = async (params: object) => (await sandbox.stripe.events.list(params)).data.map(({ type }) => type);
    expect(await listed({ type: 'customer.updated' })).toEqual(['customer.updated']);
    expect(await listed({ type: 'customer.*' })).toEqual(['customer.updated', 'customer.created']);
    expect(await listed({ types: ['product.created', 'customer.created'] })).toEqual(['product.created', 'customer.created']);
    await expect(listed({ type: 'a.b', types: ['c.d'] })).rejects.toMatchObject({ param: 'types' });
    await expect(listed({ types: Array<string>(21).fill('a.b') })).rejects.toMatchObject({ param: 'types' });
  });

  test('reaches back 30 days', async () => {
    await sandbox.stripe.customers.create();
    await sandbox.advance(31 * 86_400);
    expect((await sandbox.stripe.events.list()).data).toEqual([]);
  });
});
