/** `subscriptions verify`, `subscriptions sync` and `events backfill` against a sandbox whose events nobody hears. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type Stripe from 'stripe';
import { runRebuild } from '../../../cli/commands/events/rebuild.ts';
import { runBackfill, type BackfillOptions } from '../../../cli/commands/events/backfill.ts';
import { runSync } from '../../../cli/commands/subscriptions/sync.ts';
import { runVerify, type VerifyOptions } from '../../../cli/commands/subscriptions/verify.ts';
import type { Context } from '../../../cli/context.ts';
import { runStatus } from '../../../cli/commands/status.ts';
import { CHALLENGE_ID, KEY, openStripe, provision, type StripeUnderTest } from '../../support/daemon.ts';
import { freshFolder } from '../../support/folders.ts';
import { asCheckout } from '../../support/shop.ts';
import { DAY } from '../../support/stripe-objects.ts';
import { runRecorded } from '../../unit/cli/recording-io.ts';

let stripe: StripeUnderTest;
let folder: ReturnType<typeof freshFolder>;
let subscription: Stripe.Subscription;
beforeEach(async () => {
  [stripe, folder] = [await openStripe(), freshFolder()];
  const { price } = await provision(stripe.stripe);
  const { id } = await stripe.stripe.customers.create({ email: 'ada@example.com' });
  subscription = await asCheckout(stripe.stripe, { customer: id, price, card: 'pm_card_visa' });
});
afterEach(async () => {
  await stripe.close();
  folder.remove();
});

const run = (command: (context: Context) => Promise<void>) => runRecorded(command, { folder: folder.path, env: { STRIPE_API_BASE: stripe.url, STRIPE_SECRET_KEY: KEY, CHALLENGE_ID } });
const verify = (options: VerifyOptions = {}) => run((context) => runVerify(options, context));
const sync = (options = {}) => run((context) => runSync(options, context));
const backfill = (options: BackfillOptions = {}) => run((context) => runBackfill(options, context));

test('verify shows what is not cached, sync asks for it, and verify finds nothing any more', async () => {
  expect(await verify({ detailedExitcode: true })).toEqual({
    out: `+ subscription ${subscription.id} (${subscription.customer as string}, not cached)\n  + status  trialing\n\n1 subscription compared: 1 not cached.`,
    talk: 'Next: devchat subscriptions sync asks Stripe for what differs.',
    exitCode: 2,
  });
  expect((await sync()).out).toBe(`${subscription.id}  ${subscription.customer as string}  not cached before: trialing\n1 subscription compared, 1 refreshed.`);
  expect(await verify({ detailedExitcode: true })).toEqual({ out: '1 subscription compared: the cache matches Stripe.', talk: '', exitCode: 0 });
  expect((await sync()).out).toBe('1 subscription compared, 0 refreshed.');
});

test('verify shows every field that was changed behind its back, in words and as JSON, and changes nothing', async () => {
  await sync();
  const database = new Database(join(folder.path, 'cache.sqlite'));
  database.prepare(`UPDATE subscriptions SET snapshot = json_set(snapshot, '$.status', 'past_due', '$.trial_end', 1767225600, '$.metadata.note', 'mine')`).run();
  database.prepare(`UPDATE invoices SET status = 'open', amount_due = 6000`).run();
  database.prepare(`UPDATE cards SET exp_year = 2001`).run();
  const { out, exitCode } = await verify();
  expect(exitCode, 'without --detailed-exitcode a difference is no failure').toBe(0);
  const invoice = subscription.latest_invoice as string;
  const trialEnd = new Date((subscription.trial_end ?? 0) * 1000).toISOString();
  for (const line of ['past_due → trialing', `2026-01-01T00:00:00.000Z → ${trialEnd}`, 'metadata.note', `invoice.${invoice}.status`, 'card.expires.year']) expect(out.replaceAll(/\s+/g, ' ')).toContain(line);
  expect(out).toContain('1 subscription compared: 1 differs.');
  expect(await verify()).toMatchObject({ out });
  const json = JSON.parse((await verify({ json: true })).out) as { compared: number; differences: Array<{ fields: unknown[] }> };
  expect(json).toMatchObject({ schemaVersion: 1, compared: 1, differences: [{ id: subscription.id, finding: 'differs' }] });
  expect(json.differences[0]?.fields).toContainEqual({ path: 'status', cached: 'past_due', stripe: 'trialing' });
  database.prepare(`UPDATE subscriptions SET id = 'sub_gone'`).run();
  database.close();
  expect((await verify()).out).toContain('2 subscriptions compared: 1 not cached, 1 unknown to Stripe.');
});

test('sync says of one that has ended in the cache alone that it stays so, however often, and a rebuild agrees', async () => {
  await sync();
  const database = new Database(join(folder.path, 'cache.sqlite'));
  database.prepare(`UPDATE subscriptions SET status = 'canceled', snapshot = json_set(snapshot, '$.status', 'canceled', '$.ended_at', 1767225600)`).run();
  database.prepare(`UPDATE answers SET answer = json_set(answer, '$.snapshot.status', 'canceled', '$.snapshot.ended_at', 1767225600)`).run();
  database.close();
  for (let times = 0; times < 2; times += 1) {
    expect((await sync()).out).toBe(`${subscription.id}  ${subscription.customer as string}  ended here and trialing at Stripe: an end is final, left as it is\n1 subscription compared, 0 refreshed, 1 ended here alone.`);
    expect((await run((context) => runRebuild({}, context, '1'))).out).toContain('the cached state is the same');
  }
  expect(JSON.parse((await sync({ json: true })).out)).toMatchObject({ refreshed: [], ended: [{ id: subscription.id, status: 'trialing' }] });
  expect((await verify()).out.replaceAll(/\s+/g, ' ')).toContain('status canceled → trialing');
});

test('backfill compares all at first, then applies events; status tells until when', async () => {
  expect((await backfill()).out).toContain('No events were listed before: 1 subscription compared, 1 refreshed.');
  await stripe.stripe.subscriptions.update(subscription.id, { metadata: { note: 'changed' } });
  const { listed, new: fresh } = JSON.parse((await backfill({ json: true })).out) as { listed: number; new: number };
  expect(fresh).toBe(listed);
  expect(fresh).toBeGreaterThan(0);
  expect((await backfill()).out).toMatch(/^Events since .*: \d+ listed, 0 new\.$/);
  expect((await verify({ detailedExitcode: true })).exitCode).toBe(0);
  expect((await run((context) => runStatus({}, context))).out).toMatch(/caught up {5}\d{4}-\d\d-\d\d \d\d:\d\d UTC/);
});

test('backfill since a moment of the owner’s choice leaves a gap before it open, and refuses what Stripe lists no more', async () => {
  await backfill();
  const until = async () => (JSON.parse((await run((context) => runStatus({ json: true }, context))).out) as { caughtUpUntil: string }).caughtUpUntil;
  const before = await until();
  await stripe.advance(4 * DAY);
  expect((await backfill({ since: DAY })).out).toMatch(/^Events since /);
  expect(await until()).toBe(before);
  await backfill({ since: 5 * DAY });
  expect(Date.parse(await until())).toBeGreaterThan(Date.parse(before) + 3 * DAY * 1000);
  await expect(backfill({ since: 31 * DAY })).rejects.toThrow('the last 30 days only');
});

test('a Stripe out of reach is an error, and the mark stays', async () => {
  stripe.network = 'down';
  await expect(backfill()).rejects.toThrow();
  await expect(verify()).rejects.toThrow();
});
