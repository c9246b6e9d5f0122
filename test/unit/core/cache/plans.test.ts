/** How SQLite finds what is asked for with each event and each second: by an index, however much is kept. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { DEFAULT_RULES } from '../../../../core/billing/policy.ts';
import { Collections } from '../../../../core/cache/sqlite/collections.ts';
import { ConsequenceWriter } from '../../../../core/cache/sqlite/consequences.ts';
import { MIGRATIONS } from '../../../../core/cache/sqlite/migrations.ts';
import { Outbox } from '../../../../core/cache/sqlite/outbox.ts';
import { Sessions } from '../../../../core/cache/sqlite/sessions.ts';

/** Those that list all there is, and are asked by people. */
const LISTS = [/FROM sessions .* ORDER BY starts_at/, /FROM deliveries WHERE delivered_at IS NULL GROUP BY target/, /FROM collections ORDER BY customer$/];

/** A list inside one value is no table. */
const SCANS_TABLE = /^SCAN (?!.* VIRTUAL TABLE)/;

test('only lists of everything look at everything', () => {
  const database = new Database(':memory:');
  for (const step of MIGRATIONS) database.exec(step);
  const scanning = statementsOf(database).filter((sql) => planOf(database, sql).some((step) => SCANS_TABLE.test(step)));
  expect(scanning.filter((sql) => !LISTS.some((list) => list.test(sql)))).toEqual([]);
  expect(scanning).toHaveLength(LISTS.length);
  database.close();
});

function statementsOf(database: Database.Database): string[] {
  const statements: string[] = [];
  const recording = {
    prepare: (sql: string) => {
      statements.push(sql.replace(/\s+/g, ' ').trim());
      return database.prepare(sql);
    },
  } as unknown as Database.Database;
  const sessions = new Sessions(recording);
  const outbox = new Outbox(recording, []);
  new ConsequenceWriter(recording, { sessions, outbox, rules: DEFAULT_RULES });
  new Collections(recording);
  return statements;
}

function planOf(database: Database.Database, sql: string): string[] {
  const places = (sql.match(/\?/g) ?? []).map(() => 1);
  const names = Object.fromEntries((sql.match(/:\w+/g) ?? []).map((name) => [name.slice(1), 1]));
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...places, ...(Object.keys(names).length > 0 ? [names] : [])) as Array<{ detail: string }>;
  return rows.map(({ detail }) => detail);
}
