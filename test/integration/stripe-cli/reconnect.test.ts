/** `stripe listen`, the real program, loses no event when its connection, the sandbox or the listener goes away. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freshFolder, type FreshFolder } from '../../support/folders.ts';
import { startDevchat, type Running } from '../../support/processes.ts';
import { waitFor } from '../../support/wait-for.ts';
import { connect, KEY, openListener, openSandbox, type Listener, type SandboxUnderTest } from '../sandbox/running-sandbox.ts';
import { openGateway, type Gateway } from './gateway.ts';
import { hasStripeCli, stripePrograms, type Program, type StripePrograms } from './stripe-program.ts';

const BURST = 100;
/** About a quarter of what the burst is on the wire. */
const CUT_AFTER_BYTES = 60_000;
/** The CLI waits 10 s after a connection that it could not make. */
const RETURN_LIMIT_MS = 30_000;

let folder: FreshFolder;
let sandbox: SandboxUnderTest;
let gateway: Gateway;
let listener: Listener;
let programs: StripePrograms;

beforeEach(async () => {
  folder = freshFolder();
  sandbox = await openSandbox({ dataFolder: folder.path });
  gateway = await openGateway(portOf(sandbox));
  listener = await openListener();
  programs = stripePrograms(gateway.url, folder.path);
});
afterEach(async () => {
  programs.stop();
  await gateway.close();
  await sandbox.close();
  await listener.close();
  folder.remove();
});

const portOf = ({ url }: { url: string }): number => Number(new URL(url).port);
const listen = (): Promise<Program> => programs.listen(listener.url, '--all-snapshot');

async function setSwitches(switches: object): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const { status } = await sandbox.call('/_sandbox/switches', { method: 'POST', body: JSON.stringify(switches), headers });
  expect(status).toBe(200);
}

/** Makes products at once; their ids. */
async function burst(count = BURST, { stripe } = sandbox): Promise<string[]> {
  const made = await Promise.all(Array.from({ length: count }, (_, number) => stripe.products.create({ name: `Product ${number}` })));
  return made.map(({ id }) => id);
}

/** How its deliveries stand, the newest first. */
async function howDelivered(event: string): Promise<string[]> {
  const { deliveries } = (await (await sandbox.call(`/_sandbox/deliveries?event=${event}`)).json()) as { deliveries: { status: string }[] };
  return deliveries.map(({ status }) => status);
}

function timesHeard(id: string): number {
  return listener.heard.filter(({ body }) => body.includes(`"${id}"`)).length;
}
const missing = (ids: readonly string[]): string[] => ids.filter((id) => timesHeard(id) === 0);

describe.skipIf(!hasStripeCli)('stripe listen', { timeout: 60_000 }, () => {
  test('hears each event of a burst once', async () => {
    await listen();
    const ids = await burst(500);
    await waitFor('all of them', () => missing(ids).length === 0);
    expect(ids.filter((id) => timesHeard(id) > 1)).toEqual([]);
  });

  test('hears each event once while it makes its connection anew, again and again', async () => {
    await setSwitches({ cli_reconnect_seconds: 1 });
    await listen();
    const ids: string[] = [];
    await waitFor('three new connections', async () => {
      ids.push(...(await burst(5)));
      return gateway.connections() > 3;
    });
    await waitFor('all events', () => missing(ids).length === 0);
    expect(ids.filter((id) => timesHeard(id) > 1)).toEqual([]);
    expect(gateway.sessions()).toHaveLength(1);
  });

  async function heardAfterCut(): Promise<string[]> {
    gateway.cutAfter(CUT_AFTER_BYTES);
    await listen();
    const ids = await burst();
    await waitFor('the cut connection to be back', () => gateway.connections() === 2);
    const later: string[] = [];
    await waitFor('an event after it', async () => {
      later.push(...(await burst(1)));
      return later.some((id) => timesHeard(id) > 0);
    });
    return ids;
  }

  test('hears all of a burst in the middle of which its connection was cut', async () => {
    const ids = await heardAfterCut();
    await waitFor('all events', () => missing(ids).length === 0);
  });

  test('would have lost some of them, had the sandbox forgotten what was not acknowledged', async () => {
    await setSwitches({ cli_unacknowledged: 'forget' });
    expect(missing(await heardAfterCut()).length).toBeGreaterThan(0);
  });

  test('is told anew, under a new session, when the sandbox knows nothing of it any more', async () => {
    const listening = await listen();
    const port = portOf(sandbox);
    await sandbox.close();
    sandbox = await openSandbox({ port });
    await waitFor('a second session', () => gateway.sessions().length === 2, RETURN_LIMIT_MS);
    await waitFor('its connection', () => listening.output().match(/Ready!/g)?.length === 2, RETURN_LIMIT_MS);
    const ids = await burst(1);
    await waitFor('its event', () => missing(ids).length === 0);
  });

  test('tries again when a session is refused with 500, and gives up at 429', async () => {
    gateway.failSessions(500, 500);
    await listen();
    gateway.failSessions(429);
    const refused = programs.run('listen', '--skip-update');
    expect(await refused.ended).toBe(1);
  });

  test('is not told twice of what its listener did not take; a resend brings it', async () => {
    const listening = await listen();
    await listener.close();
    const [id = ''] = await burst(1);
    const { data } = await sandbox.stripe.events.list({ type: 'product.created', limit: 1 });
    await listening.printed('Failed to POST');
    listener = await openListener(listener.port);
    const [next = ''] = await burst(1);
    await waitFor('the next event', () => timesHeard(next) === 1);
    expect(timesHeard(id)).toBe(0);
    expect(await howDelivered(data[0]!.id)).toEqual(['acknowledged']);
    await programs.run('events', 'resend', data[0]!.id).ended;
    await waitFor('the event that was missed', () => timesHeard(id) === 1);
    await waitFor('its answer', async () => (await howDelivered(data[0]!.id)).join() === 'succeeded,acknowledged');
  });
});

describe.skipIf(!hasStripeCli)('stripe listen at a sandbox that is killed', { timeout: 90_000 }, () => {
  let running: Running | undefined;
  afterEach(() => running?.kill());

  async function startProcess(data: string, port = 0): Promise<number> {
    running = startDevchat(['sandbox', '--port', String(port), '--data', data], { folder: folder.path });
    const [, taken] = await running.printed(/http:\/\/127\.0\.0\.1:(\d+)/);
    return Number(taken);
  }

  test('hears, under the same session, everything that was done before and after', async () => {
    const data = `${folder.path}/killed`;
    const port = await startProcess(data);
    await gateway.close();
    gateway = await openGateway(port);
    programs = stripePrograms(gateway.url, folder.path);
    await listen();
    const stripe = connect(port, KEY);
    const done: string[] = [];
    const calls = Array.from({ length: BURST }, (_, number) =>
      stripe.products.create({ name: `Product ${number}` }).then(({ id }) => done.push(id), () => undefined),
    );
    await waitFor('half of the calls', () => done.length > BURST / 2);
    await running?.kill();
    await Promise.all(calls);
    await startProcess(data, port);
    done.push((await stripe.products.create({ name: 'After' })).id);
    await waitFor('all events', () => missing(done).length === 0, RETURN_LIMIT_MS);
    expect(gateway.sessions()).toHaveLength(1);
  });
});
