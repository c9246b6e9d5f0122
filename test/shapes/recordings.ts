/** What the sandbox said while tests ran: one file of recordings for each test file, only what is new in shape. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT } from '../support/folders.ts';
import { newShapes } from './novelty.ts';

/** A value, what it claims to be (`subscription`, `deleted customer`, `event invoice.paid`), and who had it said. */
export interface Recording {
  kind: string;
  value: unknown;
  /** The test file, from the root of the repository. */
  madeBy: string;
}

const FOLDER = join(ROOT, 'test/results/shapes/recorded');
const ENDING = '.jsonl';

/** Begins the recordings of one test file anew; the function given takes what the sandbox said since. */
export function startRecording(testFile: string): (value: unknown) => void {
  const madeBy = relative(ROOT, testFile);
  const path = join(FOLDER, `${madeBy}${ENDING}`);
  const seen = new Set<string>();
  rmSync(path, { force: true });
  return (said) => {
    for (const { kind, value } of partsOf(said)) {
      if (!newShapes(seen, kind, value)) continue;
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, `${JSON.stringify({ kind, value, madeBy } satisfies Recording)}\n`);
    }
  };
}

/** A list is judged as an empty list and its items; whatever else is said is judged whole. */
function partsOf(said: unknown): Omit<Recording, 'madeBy'>[] {
  const hash = said as { object?: unknown; data?: unknown; error?: unknown; deleted?: unknown; type?: unknown };
  if (hash.object === 'list' && Array.isArray(hash.data)) {
    return [{ kind: 'list', value: { ...hash, data: [] } }, ...hash.data.flatMap(partsOf)];
  }
  if (hash.error !== undefined) return [{ kind: 'error', value: said }];
  if (typeof hash.object !== 'string') return [{ kind: `no object: ${Object.keys(hash)[0]}`, value: said }];
  if (hash.object === 'event') return [{ kind: `event ${String(hash.type)}`, value: said }];
  return [{ kind: hash.deleted === true ? `deleted ${hash.object}` : hash.object, value: said }];
}

/** All recordings of the tests that are still there, without those of a shape that another has. */
export function readRecordings(): Recording[] {
  const files = existsSync(FOLDER) ? readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }) : [];
  const current = files.filter((file) => file.endsWith(ENDING) && existsSync(join(ROOT, file.slice(0, -ENDING.length))));
  const seen = new Set<string>();
  return current.sort().flatMap((file) => readFileSync(join(FOLDER, file), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as Recording)
    .filter(({ kind, value }) => newShapes(seen, kind, value));
}
