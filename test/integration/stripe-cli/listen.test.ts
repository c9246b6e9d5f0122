/** The official Stripe CLI, the real program, against the sandbox. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { freshFolder, type FreshFolder } from '../../support/folders.ts';
import { waitFor } from '../../support/wait-for.ts';
import { openListener, openSandbox, type Listener, type SandboxUnderTest } from '../sandbox/running-sandbox.ts';
import { hasStripeCli, stripePrograms, type Program, type StripePrograms } from './stripe-program.ts';

let folder: FreshFolder;
let sandbox: SandboxUnderTest;
let listener: Listener;
let programs: StripePrograms;

beforeEach(async () => {
  folder = freshFolder();
  sandbox = await openSandbox({ dataFolder: folder.path });
  listener = await openListener();
  programs = stripePrograms(sandbox.url, folder.path);
});
afterEach(async () => {
  programs.stop();
  await sandbox.close();
  await listener.close();
  folder.remove();
});

const stripe = (...args: string[]): Program => programs.run(...args);
const listen = (...args: string[]): Promise<Program> => programs.listen(listener.url, ...args);
const types = (): string[] => listener.heard.map(({ type }) => type);
const secretIn = (text: string): string => /whsec_\w+/.exec(text)?.[0] ?? 'no secret';

describe.skipIf(!hasStripeCli)('the Stripe CLI', { timeout: 60_000 }, () => {
  test('tells the same secret before and while it listens, and forwards what that secret signed', async () => {
    const asked = stripe('listen', '--print-secret', '--skip-update');
    expect(await asked.ended).toBe(0);
    const secret = secretIn(asked.output());
    const listening = await listen('--all-snapshot');
    expect(secretIn(listening.output())).toBe(secret);
    const { id } = await sandbox.stripe.customers.create({ email: 'cli@example.com' });
    const heard = (await waitFor('the event', () => listener.heard[0]))!;
    const event = sandbox.stripe.webhooks.constructEvent(heard.body, heard.signature, secret);
    expect(event).toMatchObject({ type: 'customer.created', data: { object: { id } } });
    await waitFor('its answer', () => listening.output().includes('[200] POST'));
  });

  test('forwards each event once, to a plain listener and to one of the latest version', async () => {
    await Promise.all([listen('--all-snapshot'), listen('--all-snapshot', '--latest')]);
    const { id } = await sandbox.stripe.products.create({ name: 'A' });
    await sandbox.stripe.products.update(id, { name: 'B' });
    await waitFor('four posts', () => listener.heard.length >= 4);
    expect(types().toSorted()).toEqual(['product.created', 'product.created', 'product.updated', 'product.updated']);
  });

  test('forwards to registered endpoints what they asked for', async () => {
    await sandbox.stripe.webhookEndpoints.create({ url: 'https://shop.example/hooks/stripe?x=1', enabled_events: ['product.created'] });
    await listen('--use-configured-webhooks', '--all-snapshot');
    await sandbox.stripe.customers.create();
    await sandbox.stripe.products.create({ name: 'A' });
    await waitFor('the product', () => types().includes('product.created'));
    expect(listener.heard.map(({ type, path }) => [type, path])).toEqual([['product.created', '/webhook/hooks/stripe?x=1']]);
  });

  test('resends an event, and names one that is missing', async () => {
    await listen('--all-snapshot');
    await sandbox.stripe.customers.create();
    const first = (await waitFor('the event', () => listener.heard[0]))!;
    const resent = stripe('events', 'resend', first.id);
    expect(await resent.ended).toBe(0);
    await waitFor('the event once more', () => listener.heard.length === 2);
    expect(listener.heard[1]!.id).toBe(first.id);
    const missing = stripe('events', 'resend', 'evt_gone');
    await missing.ended;
    expect(missing.output()).toContain("No such event: 'evt_gone'");
  });

  test.each([
    ['customer.subscription.deleted', 'customer.subscription.deleted'],
    ['customer.subscription.paused', 'customer.subscription.paused'],
    ['invoice.payment_failed', 'invoice.payment_failed'],
    ['subscription.payment_failed', 'invoice.payment_failed'],
    ['billing_portal.session.created', 'billing_portal.session.created'],
  ])('triggers %s', async (name, type) => {
    await listen('--all-snapshot');
    const triggered = stripe('trigger', name);
    expect(await triggered.ended, triggered.output()).toBe(0);
    await waitFor(`${type} to arrive`, () => types().includes(type));
  });

  test('reads and lists through its resource commands', async () => {
    await sandbox.stripe.customers.create({ email: 'listed@example.com' });
    const listed = stripe('events', 'list', '--limit', '1');
    expect(await listed.ended).toBe(0);
    expect(listed.output()).toContain('listed@example.com');
    const got = stripe('get', '/v1/billing_portal/configurations', '-l', '100');
    await got.ended;
    expect(got.output()).toContain('"is_default": true');
  });
});

describe('a session of the Stripe CLI', () => {
  interface Session {
    websocket_id: string;
    websocket_url: string;
    websocket_authorized_feature: string;
  }
  interface Frame {
    type: string;
    webhook_id: string;
    webhook_conversation_id: string;
    event_payload: string;
    endpoint: { api_version: string | null };
  }

  const openSession = async (): Promise<Session> => {
    const body = new URLSearchParams([['device_name', 'test'], ['websocket_features[]', 'webhooks']]);
    return (await (await sandbox.call('/v1/stripecli/sessions', { method: 'POST', body })).json()) as Session;
  };
  const connect = (session: Session, frames: Frame[], id = session.websocket_id): WebSocket => {
    const socket = new WebSocket(`${session.websocket_url}?websocket_feature=webhooks`, 'stripecli-devproxy-v1', { headers: { 'Websocket-Id': id } });
    return socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as Frame));
  };
  const plain = (frames: Frame[]): string[] =>
    frames.filter(({ endpoint }) => endpoint.api_version === null).map(({ event_payload: text }) => (JSON.parse(text) as { id: string }).id);

  test('gets again after a reconnect what it did not acknowledge, even when the sandbox was restarted in between', async () => {
    const session = await openSession();
    const before: Frame[] = [];
    const socket = connect(session, before);
    await sandbox.stripe.customers.create();
    await sandbox.stripe.customers.create();
    await waitFor('both events', () => plain(before).length === 2);
    const { webhook_id, webhook_conversation_id } = before[0]!;
    socket.send(JSON.stringify({ type: 'event_ack', event_id: plain(before)[0], webhook_id, webhook_conversation_id }));
    socket.close(1000, 'Resetting the connection');
    await once(socket, 'close');
    await sandbox.stripe.customers.create();
    const port = Number(new URL(sandbox.url).port);
    await sandbox.close();
    sandbox = await openSandbox({ dataFolder: folder.path, port });

    const after: Frame[] = [];
    const again = connect(session, after);
    await waitFor('what was missed', () => plain(after).length === 2);
    expect(plain(after)[0]).toBe(plain(before)[1]);
    expect(plain(after)).not.toContain(plain(before)[0]);
    again.close();
  });

  test('that is unknown is told so, in the words that make the CLI authorize anew', async () => {
    const socket = connect(await openSession(), [], 'unknown');
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, AsyncIterable<Buffer> & { statusCode: number }];
    let body = '';
    for await (const chunk of response) body += chunk.toString();
    expect(response.statusCode).toBe(404);
    expect(JSON.parse(body)).toEqual({ error: { message: 'Unknown WebSocket ID.' } });
  });
});
