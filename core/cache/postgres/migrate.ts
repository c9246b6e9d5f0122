/** Brings the tables of a PostgreSQL cache up to date, one process at a time. */
import { DevchatError } from '../../errors.ts';
import { noCacheAt } from '../location.ts';
import { LOCK } from './commits.ts';
import type { Connection } from './connections.ts';
import { MIGRATIONS } from './migrations.ts';

const STEPS_TAKEN = 'SELECT count(*) AS steps FROM devchat.migrations';

/**
 * Throws `unreachable` where the schema `devchat` is another program's, or a newer devchat's, and `not-found` where it must exist and does not.
 * `shown` is the address without its password.
 */
export async function migrate(connection: Connection, { shown, mustExist }: { shown: string; mustExist: boolean }): Promise<void> {
  const before = await taken(connection, shown);
  if (before === MIGRATIONS.length) return;
  if (before === 0 && mustExist) throw noCacheAt(shown);
  await connection.run(`BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; ${LOCK}`);
  const done = await taken(connection, shown);
  if (done === 0) await connection.run('CREATE SCHEMA IF NOT EXISTS devchat; CREATE TABLE devchat.migrations (step integer PRIMARY KEY, taken_at timestamptz NOT NULL)');
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index >= done) await connection.run(`${step}; INSERT INTO devchat.migrations VALUES (${index + 1}, now())`);
  }
  await connection.run('COMMIT');
}

/** How many steps the schema has taken. */
async function taken(connection: Connection, shown: string): Promise<number> {
  const [found] = (await connection.run(`
    SELECT to_regclass('devchat.migrations') IS NOT NULL AS ours, (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('devchat')) AS objects`)) as [{ ours: boolean; objects: number }];
  if (!found.ours && found.objects > 0) throw new DevchatError('unreachable', `the schema devchat of ${shown} is not a cache of devchat`, 'set DEVCHAT_CACHE to another database');
  const [{ steps }] = found.ours ? ((await connection.run(STEPS_TAKEN)) as [{ steps: number }]) : [{ steps: 0 }];
  if (steps > MIGRATIONS.length) throw new DevchatError('unreachable', `the cache ${shown} was made by a newer devchat`, 'update devchat, or set DEVCHAT_CACHE to another');
  return steps;
}
