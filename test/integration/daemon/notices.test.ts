/** How the owner is told: by a command and by a signed post, at least once, and not again for what Stripe repeats. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DEFAULT_POLICY } from '../../../core/billing/policy.ts';
import type { Config } from '../../../core/config.ts';
import { tell } from '../../support/caches.ts';
import { KEY, openDaemon, SECRET, signed, type DaemonUnderTest } from '../../support/daemon.ts';
import { ended } from '../../support/ended-subscription.ts';
import { freshFolder, type FreshFolder } from '../../support/folders.ts';
import { NOTICE_SECRET, openReceiver, type NoticeReceiver } from '../../support/notice-receiver.ts';
import { CUSTOMER, DAY, event, invoice, subscription } from '../../support/stripe-objects.ts';
import { waitFor } from '../../support/wait-for.ts';

const HOUR_MILLISECONDS = 3_600_000;

let receiver: NoticeReceiver;
let folder: FreshFolder;
let daemon: DaemonUnderTest;

beforeEach(async () => {
  receiver = await openReceiver();
  folder = freshFolder();
});

afterEach(async () => {
  vi.useRealTimers();
  await daemon.close();
  await receiver.close();
  folder.remove();
});

async function open(settings: Partial<Config>): Promise<void> {
  daemon = await openDaemon(settings);
}

const toAddress = () => ({ noticeUrl: receiver.address, noticeSecret: NOTICE_SECRET });

async function deliver(told: object): Promise<number> {
  const body = JSON.stringify(told);
  return (await supertest(daemon.url).post('/webhook').set('stripe-signature', signed(body)).set('content-type', 'application/json').send(body)).status;
}

/** Waits until nothing waits for any target. */
const allSent = () => waitFor('all to be sent', async () => (await daemon.cache.noticeTargets()).length === 0);

/** Lets the time come when what failed is due again. */
function passHour(): void {
  vi.setSystemTime(Date.now() + HOUR_MILLISECONDS);
}

describe('an address', () => {
  test('gets a signed post, which nobody can change', async () => {
    await open(toAddress());
    await deliver(ended('sub_1'));
    await allSent();
    const [{ headers, body, id } = never()] = receiver.heard;
    const webhook = new Webhook(NOTICE_SECRET);
    expect(webhook.verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'subscription.ended',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      data: { subscription: 'sub_1', customer: 'cus_of_sub_1', status: 'canceled', text: expect.stringContaining('ended on') as string },
    });
    expect(() => webhook.verify(body.replace('sub_1', 'sub_2'), headers as Record<string, string>)).toThrow('No matching signature');
    expect(id).toMatch(/^msg_\w{32}$/);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'devchat' });
    expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(10);
    expect(receiver.requests).toMatchObject([{ method: 'POST', url: '/secret-path?token=secret-token' }]);
  });

  test('that is down for many tries is told once when it is up; each try has the same id and body, and a signature of its own time', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    await open(toAddress());
    receiver.answer = 503;
    await deliver(ended('sub_1'));
    for (let tries = 1; tries <= 12; tries += 1) {
      await waitFor(`try ${tries} to be noted`, () => daemon.log.filter((line) => line.includes('notice not sent')).length === tries);
      expect(receiver.heard).toHaveLength(tries);
      if (tries < 12) passHour();
    }
    expect(await daemon.cache.noticeTargets()).toMatchObject([{ target: 'address', waiting: 1, lastError: `${new URL(receiver.url).host} answered 503` }]);
    receiver.answer = 200;
    passHour();
    await allSent();
    passHour();
    await deliver(ended('sub_2'));
    await waitFor('the other one', () => receiver.heard.some(({ body }) => body.includes('sub_2')));
    const told = receiver.heard.filter(({ body }) => body.includes('sub_1'));
    expect(told).toHaveLength(13);
    expect(new Set(told.map(({ id, body }) => id + body)).size).toBe(1);
    expect(new Set(told.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(13);
  });

  test('a redirect is not followed', async () => {
    await open(toAddress());
    receiver.answer = 302;
    await deliver(ended('sub_1'));
    await waitFor('the failure', async () => (await daemon.cache.noticeTargets())[0]?.lastError?.endsWith('answered 302'));
    expect(receiver.requests.map(({ url }) => url)).toEqual(['/secret-path?token=secret-token']);
  });

  test.each([410, 404, 500])('%i is a failure like any other, tried again', async (status) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    await open(toAddress());
    receiver.answer = status;
    await deliver(ended('sub_1'));
    await waitFor('the failure', () => daemon.log.some((line) => line.includes('notice not sent')));
    receiver.answer = 204;
    passHour();
    await allSent();
  });

  test('where nobody listens: what is kept and logged names the host, and neither path nor secret', async () => {
    const gone = await openReceiver();
    await gone.close();
    await open({ noticeUrl: gone.address, noticeSecret: NOTICE_SECRET });
    await deliver(ended('sub_1'));
    const lastError = await waitFor('the failure', async () => (await daemon.cache.noticeTargets()).find(({ lastError }) => lastError)?.lastError);
    expect(lastError).toBe(`${new URL(gone.url).host} cannot be reached (ECONNREFUSED)`);
    expect(daemon.log.join('')).toContain('"type":"subscription.ended","target":"address"');
    expect(daemon.log.join('') + lastError).not.toMatch(/secret-|whsec_|cus_of/);
  });

  test.each([
    [{ noticeSecret: undefined }, 'nothing to sign with'],
    [{ noticeUrl: 'http://me:password@127.0.0.1:9/', noticeSecret: NOTICE_SECRET }, 'holds a user name'],
  ])('%j: the daemon does not start', async (settings, message) => {
    await open({});
    await expect(openDaemon({ ...toAddress(), ...settings, beside: daemon })).rejects.toThrow(message);
  });
});

describe('a command', () => {
  const file = (name: string) => join(folder.path, name);
  const linesOf = (name: string) => readFileSync(file(name), 'utf8').trim().split('\n');

  test('gets the notice as one line of JSON with its id, and none of our secrets', async () => {
    vi.stubEnv('STRIPE_SECRET_KEY', KEY).stubEnv('STRIPE_WEBHOOK_SECRET', SECRET).stubEnv('DEVCHAT_NOTICE_SECRET', NOTICE_SECRET).stubEnv('STRIPE_API_KEY', KEY).stubEnv('FOR_THE_COMMAND', 'yes');
    await open({ noticeCommand: `env > '${file('env')}'; cat >> '${file('told')}'` });
    await deliver(ended('sub_1'));
    await allSent();
    vi.unstubAllEnvs();
    expect(linesOf('told').map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { id: expect.stringMatching(/^msg_\w{32}$/) as string, type: 'subscription.ended', data: { subscription: 'sub_1' } },
    ]);
    expect(readFileSync(file('env'), 'utf8')).toMatch(/^FOR_THE_COMMAND=yes$/m);
    expect(readFileSync(file('env'), 'utf8')).not.toMatch(/whsec_|sk_test_/);
  });

  test('that hangs blocks nothing: webhooks are answered, the address is told, and stopping takes seconds and leaves no process', async () => {
    await open({ ...toAddress(), noticeCommand: `echo $$ >> '${file('pids')}'; sleep 1000` });
    for (let each = 1; each <= 6; each += 1) expect(await deliver(ended(`sub_${each}`))).toBe(200);
    await waitFor('all at the address', () => receiver.heard.length === 6);
    await waitFor('four commands', () => existsSync(file('pids')) && linesOf('pids').length === 4);
    expect(await deliver(event('foo.bar', {}))).toBe(200);
    expect(await daemon.cache.noticeTargets()).toMatchObject([{ target: 'command', waiting: 6, failingSince: null }]);
    const began = performance.now();
    await daemon.close();
    expect(performance.now() - began).toBeLessThan(4_000);
    for (const pid of linesOf('pids')) await waitFor(`the end of ${pid}`, () => hasEnded(Number(pid)));
    await open({});
  });
});

describe('one notice', () => {
  test('for three deliveries of the same event, and for another event that says the same', async () => {
    await open(toAddress());
    const told = ended('sub_1');
    const answers = await Promise.all([told, told, told, { ...told, id: 'evt_twin' }].map(deliver));
    expect(answers).toEqual([200, 200, 200, 200]);
    await deliver(ended('sub_2'));
    await waitFor('the one after it', () => receiver.heard.some(({ body }) => body.includes('sub_2')));
    await allSent();
    expect(receiver.heard.filter(({ body }) => body.includes('sub_1'))).toHaveLength(1);
  });

  test('for a failed payment, once Stripe has had time to say why', async () => {
    await open(toAddress());
    const now = Math.floor(Date.now() / 1000);
    await deliver(event('customer.subscription.updated', subscription({ status: 'past_due' }), { created: now }));
    for (const id of ['evt_1st', 'evt_2nd']) await deliver(event('invoice.payment_failed', invoice({ created: now, attempted: true }), { id, created: now }));
    await allSent();
    expect(receiver.heard.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([{ type: 'payment.failed', data: { payment: { invoice: 'in_1', amount: { amount: 6000 } } } }]);
  });

  test('from two daemons on one cache file', async () => {
    await open(toAddress());
    const other = await openDaemon({ ...toAddress(), beside: daemon });
    for (let each = 1; each <= 40; each += 1) await tell(daemon.cache, ended(`sub_${each}`));
    await allSent();
    await other.close();
    const sent = (lines: string[]) => lines.filter((line) => line.includes('notice sent')).length;
    expect(receiver.heard).toHaveLength(40);
    expect(new Set(receiver.heard.map(({ id }) => id)).size).toBe(40);
    expect(sent(other.log) + sent(daemon.log)).toBe(40);
    expect(sent(other.log)).toBeGreaterThan(0);
  });
});

test('the end of grace comes by itself: the session is cancelled without another event', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  await open({ policy: { ...DEFAULT_POLICY, past_due: { graceDays: 3 } } });
  const now = Math.floor(Date.now() / 1000);
  const period = { start: now - DAY, end: now + 29 * DAY };
  await deliver(event('customer.subscription.created', subscription({ period }), { created: now - DAY }));
  const { id } = await daemon.cache.bookSession({ customer: CUSTOMER, startsAt: now + 10 * DAY }, Date.now());
  await deliver(event('customer.subscription.updated', subscription({ status: 'past_due', period }), { created: now, previous: { status: 'active' } }));
  await deliver(event('invoice.payment_failed', invoice({ created: now, attempted: true }), { created: now }));
  expect((await daemon.cache.session(id))?.session.state).toBe('booked');
  vi.setSystemTime(Date.now() + 3 * DAY * 1000 + 1000);
  await waitFor('the cancellation', async () => (await daemon.cache.session(id))?.session.state === 'cancelled');
});

function never(): never {
  throw new Error('nothing was heard');
}

function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
