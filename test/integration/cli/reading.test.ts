/** What people and programs read of the cache: subscriptions, the journal, and replaying it. */
import { describe, expect } from 'vitest';
import { CUSTOMER, event, START, SUBSCRIPTION, subscription } from '../../support/stripe-objects.ts';
import { ADA, LATER, openAdas as tell, STORY } from './adas.ts';
import { KEY, test } from './house.ts';

const EMAIL = ADA;
const json = (text: string): unknown => JSON.parse(text);

describe('subscriptions', () => {
  test('list', async ({ home }) => {
    await tell(home);
    expect(await home.run(['subscriptions', 'list'])).toEqual({
      code: 0,
      stdout: `WHO              STATUS    SESSION  UNTIL (UTC)       ID\n${EMAIL}  past_due  hold     2026-02-14 12:00  ${SUBSCRIPTION}\n`,
      stderr: '',
    });
    expect(json((await home.run(['subscriptions', 'list', '--json'])).stdout)).toMatchObject({
      schemaVersion: 1,
      subscriptions: [{ id: SUBSCRIPTION, customer: CUSTOMER, email: EMAIL, status: 'past_due', type: 'monthly', currentPeriodEnd: '2026-02-14T12:00:00.000Z', endsAt: null, standing: { verdict: 'hold' } }],
    });
  });

  test.for([SUBSCRIPTION, CUSTOMER, EMAIL])('show %s', async (name, { home }) => {
    await tell(home);
    const { code, stdout } = await home.run(['subscriptions', 'show', name]);
    expect(code).toBe(0);
    expect(stdout).toContain(`customer        ${CUSTOMER} (${EMAIL})`);
    expect(stdout).toContain('next session    hold: the payment of 16 Jan over $60 failed, Stripe tries again on 19 Jan');
    expect(stdout).toMatch(/evt_late\n.*evt_failed\n.*evt_past_due\n.*evt_created\n/);
    expect(json((await home.run(['subscriptions', 'show', name, '--json'])).stdout)).toMatchObject({
      schemaVersion: 1,
      subscription: { id: SUBSCRIPTION, latestInvoice: { id: 'in_1', status: 'open' }, events: [{ id: 'evt_late' }, { id: 'evt_failed' }, { id: 'evt_past_due' }, { id: 'evt_created' }] },
    });
  });
});

describe('a live key by accident', () => {
  const LIVE = { STRIPE_SECRET_KEY: 'sk_live_by_accident' };

  test.for(['subscriptions list', 'events list', 'status'])('%s leaves a new cache to the mode that serves it', async (words, { home }) => {
    await home.run(words.split(' '), LIVE);
    await expect(home.withCache((cache) => cache.check())).resolves.toBeUndefined();
  });

  test('replay does not touch the cache', async ({ home }) => {
    expect(await home.run(['events', 'replay', 'evt_late'], LIVE)).toMatchObject({ code: 4, stderr: expect.stringContaining('live mode was not asked for') as string });
    await tell(home);
  });
});

describe('events', () => {
  test('list: the newest first, as many as wanted, about whom one asks', async ({ home }) => {
    await tell(home);
    const { stdout } = await home.run(['events', 'list']);
    expect(stdout.trim().split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['RECEIVED (UTC)', 'TYPE', 'OUTCOME', 'ID'],
      ['2026-01-15 12:05', 'billing_portal.configuration.updated', 'ignored', 'evt_portal'],
      ['2026-01-15 12:04', 'customer.subscription.updated', 'stale', 'evt_late'],
      ['2026-01-15 12:03', 'invoice.payment_failed', 'applied', 'evt_failed'],
      ['2026-01-15 12:02', 'customer.subscription.updated', 'applied', 'evt_past_due'],
      ['2026-01-15 12:01', 'customer.subscription.created', 'applied', 'evt_created'],
    ]);
    expect(json((await home.run(['events', 'list', '--limit', '1', '--subscription', SUBSCRIPTION, '--json'])).stdout)).toEqual({
      schemaVersion: 1,
      events: [
        {
          id: 'evt_late',
          type: 'customer.subscription.updated',
          created: '2026-01-15T12:00:10.000Z',
          receivedAt: '2026-01-15T12:04:00.000Z',
          source: 'webhook',
          outcome: 'stale',
          reason: 'older than the cached state (past_due)',
          customer: CUSTOMER,
          subscription: SUBSCRIPTION,
        },
      ],
    });
  });

  test('show: with attempts, and the payload as Stripe sent it', async ({ home }) => {
    await tell(home);
    const { stdout } = await home.run(['events', 'show', 'evt_late']);
    expect(stdout).toContain('attempt       2026-01-15 12:04 UTC, stale: older than the cached state (past_due)');
    expect(json(stdout.slice(stdout.indexOf('\n{')))).toEqual(STORY[3]);
    expect(json((await home.run(['events', 'show', 'evt_late', '--json'])).stdout)).toMatchObject({ event: { id: 'evt_late', attempts: [{ outcome: 'stale' }], payload: { id: 'evt_late' } } });
  });

  test('replay: through the webhook’s own code, noted as one more attempt', async ({ home }) => {
    await tell(home);
    expect(await home.run(['events', 'replay', 'evt_late', 'evt_portal'])).toMatchObject({
      code: 0,
      stdout: 'evt_late  stale  older than the cached state (past_due)\nevt_portal  ignored  billing_portal.configuration.updated changes nothing here\n',
    });
    const { stdout } = await home.run(['events', 'replay', 'evt_late', '--json']);
    expect(json(stdout)).toEqual({ schemaVersion: 1, results: [{ id: 'evt_late', outcome: 'stale', reason: 'older than the cached state (past_due)' }], unanswered: [] });
    const shown = json((await home.run(['events', 'show', 'evt_late', '--json'])).stdout) as { event: { attempts: unknown[] } };
    expect(shown.event.attempts).toHaveLength(3);
  });

  test('replay: where Stripe cannot be asked about one, it says so, and the others are still replayed', async ({ home }) => {
    await tell(home);
    const unsure = event('customer.subscription.updated', subscription({ status: 'past_due', metadata: { other: 'yes' } }), { id: 'evt_unsure', created: LATER, previous: { metadata: {} } });
    await home.withCache((cache) => cache.recordEvent({ event: unsure, payload: JSON.stringify(unsure), source: 'webhook', receivedAt: START * 1000 }));
    const nobody = { STRIPE_SECRET_KEY: KEY, STRIPE_API_BASE: 'http://127.0.0.1:9' };
    const plain = await home.run(['events', 'replay', 'evt_unsure', 'evt_portal'], nobody);
    expect(plain.stdout).toMatch(/^evt_unsure {2}applied {2}same second as the cached state: Stripe is asked which holds\nevt_portal {2}ignored /);
    expect(plain.stderr).toMatch(/^Stripe could not be asked about sub_1: Stripe: .*; check the network and STRIPE_API_BASE.*\nThat stays marked: the daemon asks again\.\n$/);
    expect(plain.code).toBe(5);
    const { code, stdout } = await home.run(['events', 'replay', 'evt_unsure', 'evt_portal', '--json'], nobody);
    expect(json(stdout)).toMatchObject({ results: [{ id: 'evt_unsure', outcome: 'applied' }, { id: 'evt_portal', outcome: 'ignored' }], unanswered: [{ subscription: SUBSCRIPTION }] });
    expect(code).toBe(5);
    expect(await home.withCache((cache) => cache.questions())).toEqual([SUBSCRIPTION]);
  });

  test('replay: where one of several is unknown, none is replayed', async ({ home }) => {
    await tell(home);
    expect(await home.run(['events', 'replay', 'evt_late', 'evt_nobody'])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('no event evt_nobody is journaled') as string });
    const { stdout } = await home.run(['events', 'show', 'evt_late']);
    expect(stdout.match(/^attempt/gm)).toHaveLength(1);
  });
});
