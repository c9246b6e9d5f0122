/** How long Checkout waits for a shop that listens through the real Stripe CLI. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freshFolder, type FreshFolder } from '../../support/folders.ts';
import { hasStripeCli, stripePrograms, type StripePrograms } from '../stripe-cli/stripe-program.ts';
import { openShop, type Shop } from './open-shop.ts';

const SALE = 'checkout.session.completed';
const AT_ONCE_MS = 1_500;
/** What a listener gets that has answered no sale yet, and some time for a slow machine. */
const UNPROVEN_MS = 4_000;

let shop: Shop;
let folder: FreshFolder;
let programs: StripePrograms;
let server: Server | undefined;

beforeEach(async () => {
  shop = await openShop();
  folder = freshFolder();
  programs = stripePrograms(shop.url, folder.path);
});
afterEach(async () => {
  programs.stop();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await shop.close();
  folder.remove();
});

/** The shop's server, which takes its time over a sale. */
async function serve(saleMs: () => number): Promise<number> {
  const webhooks = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const isSale = (JSON.parse(body) as { type: string }).type === SALE;
      void pause(isSale ? saleMs() : 0).then(() => response.end());
    });
  });
  server = webhooks;
  await new Promise<void>((listening) => webhooks.listen(0, '127.0.0.1', listening));
  return (webhooks.address() as AddressInfo).port;
}

/** Buys by the page's form; how long its answer took, in milliseconds. */
async function buy(): Promise<number> {
  const { url } = await shop.checkout(await shop.newCustomer());
  const body = new URLSearchParams({ cardNumber: '4242424242424242', cardExpiry: '12 / 34', cardCvc: '123', billingName: 'Ada', billingCountry: 'US', billingPostalCode: '94107' });
  const begin = Date.now();
  const answer = await fetch((url ?? '').split('#')[0] ?? '', { method: 'POST', body });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Thank you')]);
  return Date.now() - begin;
}

describe.skipIf(!hasStripeCli)('Checkout and the Stripe CLI', { timeout: 60_000 }, () => {
  test('wait for the answer of a shop that has answered a sale before, however slow', async () => {
    let takes = 0;
    const port = await serve(() => takes);
    await programs.listen(`localhost:${port}/webhook`, '--events', SALE);
    expect(await buy()).toBeLessThan(AT_ONCE_MS);
    takes = 5_000;
    expect(await buy()).toBeGreaterThan(4_900);
  });

  test.each(['', '127.0.0.1:', 'localhost:', 'http://localhost:'])('wait for the first sale of all, forwarded to %s<port>', async (host) => {
    const port = await serve(() => 1_000);
    await programs.listen(`${host}${port}`, '--all-snapshot');
    expect(await buy()).toBeGreaterThan(990);
  });

  test('do not wait long for a listener that leaves the sale out', async () => {
    const port = await serve(() => 0);
    await programs.listen(`http://localhost:${port}/webhook`, '--events', 'customer.subscription.deleted');
    expect(await buy()).toBeLessThan(UNPROVEN_MS);
  });

  test('do not wait where nobody listens, though somebody did', async () => {
    const port = await serve(() => 0);
    await programs.listen(`localhost:${port}/webhook`, '--all-snapshot');
    await buy();
    server?.closeAllConnections();
    await new Promise((closed) => server?.close(closed));
    expect(await buy()).toBeLessThan(AT_ONCE_MS);
  });

  test('do not wait for a CLI that only prints', async () => {
    const program = programs.run('listen', '--skip-update');
    await program.printed('Ready!', 30_000);
    expect(await buy()).toBeLessThan(AT_ONCE_MS);
  });
});
