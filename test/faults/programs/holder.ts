/** A program for the tests: holds the cache file that it is told, as another process that writes, until it is stopped. */
import Database from 'better-sqlite3';

const { path } = JSON.parse(process.argv[2] ?? '') as { path: string };
const database = new Database(path);
database.exec('BEGIN IMMEDIATE');
process.stdout.write('held\n');
process.once('SIGTERM', () => {
  database.exec('COMMIT');
  process.exit();
});
setInterval(() => undefined, 60_000);
