/** What says that it changes nothing leaves a new cache as good as new: not even the key's mode is written down. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCopy } from '../../../cli/commands/cache/copy.ts';
import { runRebuild } from '../../../cli/commands/events/rebuild.ts';
import { runReplay } from '../../../cli/commands/events/replay.ts';
import { runVerify } from '../../../cli/commands/subscriptions/verify.ts';
import { TABLES } from '../../../core/cache/copy.ts';
import { CHALLENGE_ID, KEY, openStripe, type StripeUnderTest } from '../../support/daemon.ts';
import { freshFolder } from '../../support/folders.ts';
import { freshCacheFile, tell } from '../../support/caches.ts';
import { event, subscription } from '../../support/stripe-objects.ts';
import { recordingContext, type Recorded } from '../../unit/cli/recording-io.ts';

type Context = Recorded['context'];

let stripe: StripeUnderTest;
let folder: ReturnType<typeof freshFolder>;
beforeEach(async () => {
  [stripe, folder] = [await openStripe(), freshFolder()];
});
afterEach(async () => {
  await stripe.close();
  folder.remove();
});

async function run(command: (context: Context) => Promise<void>): Promise<void> {
  const { context } = recordingContext({ folder: folder.path, env: { STRIPE_API_BASE: stripe.url, STRIPE_SECRET_KEY: KEY, CHALLENGE_ID } });
  await command(context).finally(() => context.close());
}

function rowsIn(path: string): number {
  const database = new Database(path);
  const count = TABLES.reduce((sum, [table]) => sum + (database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number), 0);
  database.close();
  return count;
}

const DRY = {
  'events rebuild --dry-run': (context: Context) => runRebuild({ dryRun: true }, context, '1.0.0'),
  'events replay --failed --dry-run': (context: Context) => runReplay([], { failed: true, dryRun: true }, context),
  'subscriptions verify': (context: Context) => runVerify({}, context),
};

test.each(Object.entries(DRY))('%s', async (_, dry) => {
  const path = join(folder.path, 'cache.sqlite');
  await run(dry);
  expect(rowsIn(path)).toBe(0);
  const source = freshCacheFile();
  await tell(await source.open(), event('customer.subscription.created', subscription()));
  await run((context) => runCopy({ to: path, cache: source.path }, context));
  expect(rowsIn(path)).toBe(rowsIn(source.path));
  await source.remove();
});
