/** The tables of the cache, as its migrations leave them. */
import Database from 'better-sqlite3';
import { MIGRATIONS } from '../../core/cache/sqlite/migrations.ts';

export function tableNames(): string[] {
  const database = new Database(':memory:');
  for (const step of MIGRATIONS) database.exec(step);
  const names = database.prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).pluck().all();
  database.close();
  return names;
}
