/** One step of a rebuild: looks at the next objects, and writes nothing. */
import { API_VERSION } from '../api-version.ts';
import type { Engine } from './engine.ts';
import type { Work } from './statement.ts';
import { compare, eventsWithin, KIND_NAMES, next, unchangedBy, type Compared, type Range } from './tables/rebuild.ts';
import type { Progress } from './tables/rebuilt.ts';

/** So many objects are looked at before others have their turn. */
export const CHUNK = 200;

type Unchanged = ReturnType<typeof unchangedBy>;

/** What the engine's SQL can tell to be unchanged; undefined where it cannot. */
export function unchangedIn(engine: Engine): Unchanged | undefined {
  return engine.jsonPart && unchangedBy(engine.jsonPart);
}

export interface Chunk {
  range: Range;
  compared: Compared;
  progress: Progress;
}

/** Compares the next objects: those that SQL can tell to be unchanged at once, and each run of others between them. */
export function* compareNext(progress: Progress, unchanged: Unchanged | undefined): Work<Chunk | undefined> {
  const ids = yield* next(progress.after, CHUNK);
  if (ids.length === 0) return undefined;
  const range = { first: ids[0]!, last: ids.at(-1)! };
  const same = new Set(unchanged ? yield* unchanged({ ...range, version: API_VERSION }) : []);
  const compared: Compared = { findings: [], objects: { ...progress.objects, subscription: progress.objects.subscription + same.size } };
  for (const run of runsOf(ids, same)) {
    const { findings, objects } = yield* compare(run, progress);
    compared.findings.push(...findings);
    for (const kind of KIND_NAMES) compared.objects[kind] += objects[kind];
  }
  const events = progress.events + (yield* eventsWithin(range));
  return { range, compared, progress: { ...progress, after: range.last, events, objects: compared.objects } };
}

/** Ids that stand beside each other and are not among the others. */
function runsOf(ids: readonly string[], others: ReadonlySet<string>): Range[] {
  const runs: Range[] = [];
  let isRunning = false;
  for (const id of ids) {
    if (others.has(id)) isRunning = false;
    else if (isRunning) runs.at(-1)!.last = id;
    else {
      runs.push({ first: id, last: id });
      isRunning = true;
    }
  }
  return runs;
}
