/** The sessions of the Stripe CLI as a bare WebSocket meets them: what is sent, when it is sent again, and what is refused. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { freshFolder, type FreshFolder } from '../../support/folders.ts';
import { waitFor } from '../../support/wait-for.ts';
import { openSandbox, type SandboxUnderTest } from '../sandbox/running-sandbox.ts';

interface Session {
  websocket_id: string;
  websocket_url: string;
  websocket_authorized_feature: string;
  reconnect_delay: number;
  secret: string;
}
interface Frame {
  webhook_id: string;
  webhook_conversation_id: string;
  event_payload: string;
  endpoint: { api_version: string | null };
}

let folder: FreshFolder;
let sandbox: SandboxUnderTest;

beforeEach(async () => {
  folder = freshFolder();
  sandbox = await openSandbox({ dataFolder: folder.path });
});
afterEach(async () => {
  await sandbox.close();
  folder.remove();
});

async function openSession(...features: string[]): Promise<Session> {
  const body = new URLSearchParams([['device_name', 'test'], ...features.map((feature): [string, string] => ['websocket_features[]', feature])]);
  return (await (await sandbox.call('/v1/stripecli/sessions', { method: 'POST', body })).json()) as Session;
}

function connect(session: Session, frames: Frame[], id = session.websocket_id): WebSocket {
  const socket = new WebSocket(`${session.websocket_url}?websocket_feature=webhooks`, 'stripecli-devproxy-v1', { headers: { 'Websocket-Id': id } });
  return socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as Frame));
}

function acknowledge(socket: WebSocket, { webhook_id, webhook_conversation_id }: Frame): void {
  socket.send(JSON.stringify({ type: 'event_ack', event_id: webhook_id, webhook_id, webhook_conversation_id }));
}

const idOf = ({ event_payload: text }: Frame): string => (JSON.parse(text) as { id: string }).id;
const copiesOf = (frames: Frame[], id: string): (string | null)[] => frames.filter((frame) => idOf(frame) === id).map(({ endpoint }) => endpoint.api_version);

async function leave(socket: WebSocket): Promise<void> {
  socket.close(1000, 'Resetting the connection');
  await once(socket, 'close');
}

describe('a session of the Stripe CLI', () => {
  test('has the secret of its account, and what the features ask for', async () => {
    const [one, two] = [await openSession('webhooks', 'v2_events'), await openSession('request_logs')];
    expect(one.secret).toBe(two.secret);
    expect([one, two].map((session) => session.websocket_authorized_feature)).toEqual(['webhooks', 'request_logs']);
    expect(one.reconnect_delay).toBe(3600);
  });

  test('gets again what it did not acknowledge, even when the sandbox was restarted in between', async () => {
    const session = await openSession('webhooks');
    const before: Frame[] = [];
    const socket = connect(session, before);
    await sandbox.stripe.customers.create();
    await sandbox.stripe.customers.create();
    await waitFor('both copies of both events', () => before.length === 4);
    const [first = '', second = ''] = [...new Set(before.map(idOf))];
    before.filter((frame) => idOf(frame) === first).forEach((frame) => acknowledge(socket, frame));
    await leave(socket);
    await sandbox.stripe.customers.create();
    const port = Number(new URL(sandbox.url).port);
    await sandbox.close();
    sandbox = await openSandbox({ dataFolder: folder.path, port });

    const after: Frame[] = [];
    const again = connect(session, after);
    await waitFor('what was missed', () => after.length === 4);
    expect(copiesOf(after, first)).toEqual([]);
    expect(copiesOf(after, second)).toHaveLength(2);
    again.close();
  });

  test('gets the other copy again when it has acknowledged one: a plain listener drops the copy of --latest', async () => {
    const session = await openSession('webhooks');
    const before: Frame[] = [];
    const socket = connect(session, before);
    await sandbox.stripe.customers.create();
    await waitFor('both copies', () => before.length === 2);
    const latest = before.find(({ endpoint }) => endpoint.api_version !== null)!;
    acknowledge(socket, latest);
    await leave(socket);
    const after: Frame[] = [];
    const again = connect(session, after);
    await waitFor('the plain copy', () => copiesOf(after, idOf(latest)).length > 0);
    expect(copiesOf(after, idOf(latest))).toEqual([null]);
    again.close();
  });

  test('may say after its return what it had acknowledged before: that is not sent again', async () => {
    const session = await openSession('webhooks');
    const before: Frame[] = [];
    const socket = connect(session, before);
    await sandbox.stripe.customers.create();
    await waitFor('both copies', () => before.length === 2);
    await leave(socket);
    const after: Frame[] = [];
    const again = connect(session, after);
    await once(again, 'open');
    before.forEach((frame) => acknowledge(again, frame));
    await sandbox.stripe.products.create({ name: 'Next' });
    await waitFor('the next event', () => after.length === 2);
    expect(copiesOf(after, idOf(before[0]!))).toEqual([]);
    again.close();
  });

  test('that is unknown is told so, in the words that make the CLI authorize anew', async () => {
    const socket = connect(await openSession('webhooks'), [], 'unknown');
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, AsyncIterable<Buffer> & { statusCode: number }];
    let body = '';
    for await (const chunk of response) body += chunk.toString();
    expect(response.statusCode).toBe(404);
    expect(JSON.parse(body)).toEqual({ error: { message: 'Unknown WebSocket ID.' } });
  });

  test('that is unknown may hang up before it is told', async () => {
    const hangUp = async (): Promise<void> => {
      const { port } = new URL(sandbox.url);
      const caller = connectTcp(Number(port), '127.0.0.1').on('error', () => undefined);
      caller.write('GET /v1/stripecli/socket HTTP/1.1\r\nHost: sandbox\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nWebsocket-Id: unknown\r\n\r\n');
      await once(caller, 'connect');
      caller.resetAndDestroy();
    };
    await Promise.all(Array.from({ length: 50 }, hangUp));
    expect((await sandbox.call('/v1/customers')).status).toBe(200);
  });

  test('has one connection: a newer one ends the one before', async () => {
    const session = await openSession('webhooks');
    const before: Frame[] = [];
    const after: Frame[] = [];
    const former = connect(session, before);
    await once(former, 'open');
    const socket = connect(session, after);
    await once(former, 'close');
    await sandbox.stripe.customers.create();
    await waitFor('both copies', () => after.length === 2);
    expect(before).toEqual([]);
    socket.close();
  });

  test('of logs tail hears of a fault that answers without a word of Stripe’s', async () => {
    const frames: { event_payload: string }[] = [];
    const socket = connect(await openSession('request_logs'), frames as Frame[]);
    await once(socket, 'open');
    const headers = { 'Content-Type': 'application/json' };
    await sandbox.call('/_sandbox/faults', { method: 'POST', headers, body: JSON.stringify({ on: 'GET /v1/customers', answer: '502' }) });
    expect((await sandbox.call('/v1/customers')).status).toBe(502);
    const seen = await waitFor('a frame', () => frames[0]);
    expect(JSON.parse(seen!.event_payload)).toMatchObject({ url: '/v1/customers', status: 502, error: {} });
    socket.close();
  });

  test('of logs tail hears no events', async () => {
    const frames: Frame[] = [];
    const socket = connect(await openSession('request_logs'), frames);
    await once(socket, 'open');
    await sandbox.stripe.products.create({ name: 'A' });
    const seen = await waitFor('a frame', () => frames[0] as { type?: string } | undefined);
    expect(seen?.type).toBe('request_log_event');
    socket.close();
  });
});

describe('resending an event', () => {
  const resend = async (id: string): Promise<[number, { error?: { message: string } }]> => {
    const response = await sandbox.call(`/v1/events/${id}/retry`, { method: 'POST', body: new URLSearchParams({ for_stripecli: 'true' }) });
    return [response.status, (await response.json()) as { error?: { message: string } }];
  };

  test('is refused, by name, when the event does not exist or is older than 30 days', async () => {
    await sandbox.stripe.customers.create();
    const { data: [event] } = await sandbox.stripe.events.list();
    expect((await resend(event!.id))[0]).toBe(200);
    await sandbox.advance(31 * 86_400);
    expect(await resend(event!.id)).toMatchObject([404, { error: { message: `No such event: '${event!.id}'` } }]);
    expect(await resend('evt_gone')).toMatchObject([404, { error: { message: "No such event: 'evt_gone'" } }]);
  });
});
