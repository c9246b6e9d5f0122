/** Makes the cached state again from the journal, chunk by chunk beside whoever writes, and swaps it in. */
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Rules } from '../billing/policy.ts';
import type { RebuildOptions, Rebuilt } from './cache.ts';
import type { Engine } from './engine.ts';
import { CHUNK, compareNext, unchangedIn } from './rebuild-chunk.ts';
import { rehearse } from './rehearsal.ts';
import { begin, keep, lookAgain, note, swap, touched, type Progress } from './tables/rebuilt.ts';

/** Where nothing is found there is nothing to write; how far the rebuild is, is noted as often as this. */
const NOTE_EVERY_MILLISECONDS = 1_000;

/** As `Cache.rebuild`. */
export async function rebuild(engine: Engine, ours: { livemode: boolean; rules: Rules }, options: RebuildOptions): Promise<Rebuilt> {
  if (options.dryRun) return rehearse(engine, ours.livemode, options);
  const { signal, onProgress, show = Infinity, now } = options;
  const begun = await engine.write(() => begin(randomUUID(), options.version, ours.livemode));
  if (begun.progress.after !== '') options.onResume?.(begun.progress.events, begun.total);
  let { progress } = begun;
  await engine.read(() => engine.sort({ anew: true }));
  for await (progress of chunks(engine, progress, signal)) onProgress?.(progress.events, begun.total);
  progress = await caughtUp(engine, progress, signal);
  return engine.write(() => swap(progress, { show, terms: { ...ours.rules, now }, sort: engine.sort }));
}

async function* chunks(engine: Engine, begun: Progress, signal: AbortSignal | undefined): AsyncGenerator<Progress> {
  const unchanged = unchangedIn(engine);
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
  await engine.read(() => engine.sort({ anew: false }));
  for (let done = 0; done < ids.length; done += CHUNK) {
    signal?.throwIfAborted();
    await engine.write(() => lookAgain(ids.slice(done, done + CHUNK), progress));
  }
  await engine.write(() => note(upTo));
  return caughtUp(engine, upTo, signal);
}
