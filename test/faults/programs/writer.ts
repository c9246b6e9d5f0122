/** A program for the tests: writes events into the cache file that it is told, many at once, and prints the id of each that is acknowledged. */
import { writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { DevchatError } from '../../../core/errors.ts';
import { cacheFileAt, received } from '../../support/caches.ts';
import { event, subscription } from '../../support/stripe-objects.ts';
import { through, type Wrong } from '../wrong.ts';

export interface WriterProgram {
  path: string;
  /** Its events are `evt_<name>_1` and so on. */
  name: string;
  /** So many at once. */
  atOnce: number;
  /** So many in all; for ever where not told. */
  many?: number;
  wrong?: Wrong;
  /** Its transactions begin as reads. */
  deferred?: boolean;
}

const { path, name, atOnce, many = Infinity, wrong, deferred } = JSON.parse(process.argv[2] ?? '') as WriterProgram;
if (deferred) beginAsReads();
const cache = through(wrong, path)(await cacheFileAt(path).open());
say('ready');
let next = 0;
await Promise.all(Array.from({ length: atOnce }, writeOn));
say('done');
await cache.close();

async function writeOn(): Promise<void> {
  while (next < many) {
    next += 1;
    const told = event('customer.subscription.updated', subscription({ id: `sub_${next % 5}` }), { id: `evt_${name}_${next}` });
    await cache.recordEvent(received(told)).then(
      () => say(told.id),
      (error: unknown) => say(`refused: ${error instanceof DevchatError ? error.message : String(error)}`),
    );
  }
}

/** At once and whole, since the next moment may be the last. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function beginAsReads(): void {
  const { transaction } = Database.prototype;
  Database.prototype.transaction = function (this: Database.Database, work: (...given: unknown[]) => unknown) {
    const { deferred } = transaction.call(this, work);
    return Object.assign((...given: unknown[]) => deferred(...given), { immediate: deferred });
  } as typeof transaction;
}
