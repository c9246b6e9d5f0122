/** Provisioning that is cut off, or done by several at once, leaves exactly one of each. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planProvision, provision, type ProvisionOptions } from '../../cli/provision/provision.ts';
import { clientFor, openAccount, type Account } from './provision-account.ts';

const EVERYTHING: Partial<ProvisionOptions> = { parts: ['portal', 'catalog', 'webhook'], baseUrl: 'http://127.0.0.1:4242' };
const WRITES = 4;

let account: Account;

beforeEach(async () => {
  account = await openAccount();
});

afterEach(() => account.close());

describe('eight runs at the same moment', () => {
  it('leave one of each, and all of them succeed', async () => {
    const runs = await Promise.all(Array.from({ length: 8 }, () => provision(account.options({ ...EVERYTHING, stripe: clientFor(account.url) }))));
    expect(new Set(runs.map(({ ids }) => JSON.stringify(ids))).size).toBe(1);
    await expectOneOfEach();
  });
});

describe('a run that is cut off', () => {
  it.each(Array.from({ length: WRITES }, (_, index) => index))('after %i writes is finished by the next', async (writes) => {
    const line = await openLine(account.url, { writes, loseLastAnswer: false });
    await expect(provision(account.options({ ...EVERYTHING, stripe: clientFor(line.url) }))).rejects.toMatchObject({ kind: 'unreachable' });
    await line.close();
    await provision(account.options(EVERYTHING));
    await expectOneOfEach();
  });

  it.each(Array.from({ length: WRITES }, (_, index) => index + 1))('before the answer to write %i is finished by the next', async (writes) => {
    const line = await openLine(account.url, { writes, loseLastAnswer: true });
    await expect(provision(account.options({ ...EVERYTHING, stripe: clientFor(line.url) }))).rejects.toMatchObject({ kind: 'unreachable' });
    await line.close();
    await provision(account.options(EVERYTHING));
    await expectOneOfEach();
  });
});

async function expectOneOfEach(): Promise<void> {
  const { stripe, secrets } = account;
  const [products, prices, portals, endpoints] = await Promise.all([stripe.products.list(), stripe.prices.list(), stripe.billingPortal.configurations.list(), stripe.webhookEndpoints.list()]);
  expect([products, prices, portals, endpoints].map(({ data }) => data.length)).toEqual([1, 1, 1, 1]);
  expect([...secrets.keys()]).toContain(endpoints.data[0]?.id);
  expect((await planProvision(account.options(EVERYTHING))).changes).toEqual([]);
}

/** A line to Stripe that goes dead after so many writes, with or without the answer to the last of them. */
async function openLine(target: string, fault: { writes: number; loseLastAnswer: boolean }): Promise<{ url: string; close(): Promise<void> }> {
  let left = fault.writes;
  const server = createServer((incoming, outgoing) => {
    const isWrite = incoming.method !== 'GET';
    if (isWrite && left === 0) return void incoming.socket.destroy();
    if (isWrite) left -= 1;
    carry(target, incoming, isWrite && left === 0 && fault.loseLastAnswer ? undefined : outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

function carry(target: string, incoming: IncomingMessage, outgoing: ServerResponse | undefined): void {
  const { method, headers, url } = incoming;
  const onward = forward(`${target}${url}`, { method, headers }, (answer) => {
    if (!outgoing) return void answer.resume().on('end', () => incoming.socket.destroy());
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  });
  incoming.pipe(onward);
}
