/** Makes the cached state again from the journal, chunk by chunk beside whoever writes, and swaps it in. */
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { API_VERSION } from '../api-version.ts';
import type { Rules } from '../billing/policy.ts';
import type { RebuildOptions, Rebuilt } from './cache.ts';
import type { Engine } from './engine.ts';
import type { Work } from './statement.ts';
import { compare, eventsWithin, KIND_NAMES, next, unchangedBy, type Compared, type Range } from './tables/rebuild.ts';
import { begin, keep, lookAgain, note, swap, touched, type Progress } from './tables/rebuilt.ts';

/** So many objects are looked at before others have their turn. */
const CHUNK = 200;
/** Where nothing is found there is nothing to write; how far the rebuild is, is noted as often as this. */
const NOTE_EVERY_MILLISECONDS = 1_000;

/** As `Cache.rebuild`. */
export async function rebuild(engine: Engine, ours: { livemode: boolean; rules: Rules }, options: RebuildOptions): Promise<Rebuilt> {
  const { signal, onProgress, dryRun = false, show = Infinity, now } = options;
  const begun = await engine.write(() => begin(randomUUID(), options.version, ours.livemode));
  if (begun.progress.after !== '') options.onResume?.(begun.progress.events, begun.total);
  let { progress } = begun;
  for await (progress of chunks(engine, progress, signal)) onProgress?.(progress.events, begun.total);
  progress = await caughtUp(engine, progress, signal);
  return engine.write(() => swap(progress, { dryRun, show, terms: { ...ours.rules, now } }));
}

async function* chunks(engine: Engine, begun: Progress, signal: AbortSignal | undefined): AsyncGenerator<Progress> {
  const unchanged = engine.jsonPart && unchangedBy(engine.jsonPart);
  let progress = begun;
  let notedAt = performance.now();
  for (;;) {
    await setImmediate();
    const chunk = await engine.read(() => compareNext(progress, unchanged));
    if (chunk) progress = chunk.progress;
    const isDue = signal?.aborted === true || performance.now() - notedAt > NOTE_EVERY_MILLISECONDS;
    if (chunk && (isDue || chunk.compared.findings.length > 0)) {
      await engine.write(() => keep(progress, chunk.range, chunk.compared));
      notedAt = performance.now();
    }
    signal?.throwIfAborted();
    yield progress;
    if (!chunk) return;
  }
}

/** Looks again at what was touched meanwhile, while that is much: so the swap has little left to look at. */
async function caughtUp(engine: Engine, progress: Progress, signal: AbortSignal | undefined): Promise<Progress> {
  const { ids, upTo } = await engine.read(() => touched(progress));
  if (ids.length <= CHUNK) return progress;
  for (let done = 0; done < ids.length; done += CHUNK) {
    signal?.throwIfAborted();
    await engine.write(() => lookAgain(ids.slice(done, done + CHUNK), progress));
  }
  await engine.write(() => note(upTo));
  return caughtUp(engine, upTo, signal);
}

interface Chunk {
  range: Range;
  compared: Compared;
  progress: Progress;
}

/** Compares the next objects: those that SQL can tell to be unchanged at once, and each run of others between them. */
function* compareNext(progress: Progress, unchanged: ReturnType<typeof unchangedBy> | undefined): Work<Chunk | undefined> {
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
