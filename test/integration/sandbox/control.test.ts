/** What stands around the API: time, reset, start and its failures. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSandbox } from '../../../sandbox/main.ts';
import { freshFolder, type FreshFolder } from '../../support/folders.ts';
import { openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

let sandbox: SandboxUnderTest;
beforeEach(async () => {
  sandbox = await openSandbox();
});
afterEach(() => sandbox.close());

const post = (path: string, body: string, type = 'application/json') =>
  fetch(`${sandbox.url}/_sandbox/${path}`, { method: 'POST', body, headers: { 'Content-Type': type } });

interface Status {
  now: string;
  offsetSeconds: number;
  objects: Record<string, number>;
  events: number;
}
const status = async (): Promise<Status> => (await (await fetch(`${sandbox.url}/_sandbox`)).json()) as Status;

test('its own address shows what it is, under the pages’ own rules', async () => {
  const page = await fetch(`${sandbox.url}/`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const text = await page.text();
  for (const word of ['devchat sandbox', '2026-10-28.endive', 'href="/_sandbox"', 'docs/sandbox.md', 'docs/sandbox-api.md']) expect(text).toContain(word);
});

describe('the time', () => {
  test('is real until it is advanced; objects and events then carry the new one', async () => {
    expect(await status()).toMatchObject({ offsetSeconds: 0, apiVersion: '2026-10-28.endive' });
    expect(Math.abs(Date.parse((await status()).now) - Date.now())).toBeLessThan(2000);
    await sandbox.advance(86_400);
    expect((await status()).offsetSeconds).toBe(86_400);
    const { created } = await sandbox.stripe.customers.create();
    expect(Math.abs(created - Date.now() / 1000 - 86_400)).toBeLessThan(3);
    expect((await sandbox.stripe.events.list({ limit: 1 })).data[0]?.created).toBe(created);
  });

  test.each(['{}', '{"seconds":-1}', '{"seconds":1.5}', '{"seconds":"3600"}', '{"seconds":1e12}'])('is not advanced by %s', async (body) => {
    expect((await post('advance', body)).status).toBe(400);
    expect((await status()).offsetSeconds).toBe(0);
  });

  test('cannot be moved by the page of another site', async () => {
    expect((await post('advance', 'seconds=3600', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await post('reset', '', 'text/plain')).status).toBe(415);
  });
});

describe('a reset', () => {
  test('forgets what the API made, and keeps those who listen', async () => {
    await sandbox.stripe.customers.create();
    await sandbox.stripe.webhookEndpoints.create({ url: 'https://shop.example/webhook', enabled_events: ['*'] });
    await sandbox.advance(3600);
    await post('reset', '{}');
    expect(await status()).toMatchObject({ offsetSeconds: 0, objects: { 'billing_portal.configuration': 1, webhook_endpoint: 1 } });
    expect((await sandbox.stripe.customers.list()).data).toEqual([]);
  });
});

describe('a start', () => {
  let folder: FreshFolder;
  beforeEach(() => {
    folder = freshFolder();
  });
  afterEach(() => folder.remove());

  test('on a taken port is rejected with the code of that', async () => {
    const port = Number(new URL(sandbox.url).port);
    await expect(startSandbox({ port, dataFolder: folder.path })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('with a switch that it does not know is rejected before anything is written', async () => {
    const dataFolder = join(folder.path, 'data');
    await expect(startSandbox({ port: 0, dataFolder, switches: { shuffle: 1 } })).rejects.toThrow(/no switch shuffle/);
    expect(existsSync(dataFolder)).toBe(false);
  });

  test('from another program’s file names it and gives the port back', async () => {
    const file = join(folder.path, 'sandbox.sqlite');
    const other = new Database(file);
    other.exec('CREATE TABLE theirs (x)');
    other.close();
    await expect(startSandbox({ port: 0, dataFolder: folder.path })).rejects.toThrow(file);
  });

  test('has one default portal configuration, once', async () => {
    const first = await openSandbox({ dataFolder: folder.path });
    expect((await first.stripe.billingPortal.configurations.list()).data).toMatchObject([{ is_default: true, active: true }]);
    await first.close();
    const second = await openSandbox({ dataFolder: folder.path });
    expect((await second.stripe.billingPortal.configurations.list()).data).toHaveLength(1);
    await second.close();
  });
});
