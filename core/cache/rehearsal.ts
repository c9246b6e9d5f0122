/** Tells what a rebuild would do, from the state of one moment, and writes nothing. */
import { setImmediate } from 'node:timers/promises';
import type { RebuildOptions, Rebuilt } from './cache.ts';
import type { Engine } from './engine.ts';
import { compareNext, unchangedIn } from './rebuild-chunk.ts';
import type { Finding } from './tables/rebuild.ts';
import { anew, differenceOf } from './tables/rebuilt.ts';
import * as subscriptions from './tables/subscriptions.ts';

/** As `Cache.rebuild` of a dry run. */
export function rehearse(engine: Engine, livemode: boolean, { version, signal, onProgress, show = Infinity }: RebuildOptions): Promise<Rebuilt> {
  const unchanged = unchangedIn(engine);
  return engine.transaction('read', async (run) => {
    await run(() => engine.sort({ anew: true }));
    const begun = await run(() => anew('nobody', version, livemode));
    const found = new Found(show);
    let { progress } = begun;
    for (;;) {
      await setImmediate();
      const chunk = await run(() => compareNext(progress, unchanged));
      if (!chunk) break;
      found.add(chunk.compared.findings);
      progress = chunk.progress;
      onProgress?.(progress.events, begun.total);
      signal?.throwIfAborted();
    }
    const { events, objects } = progress;
    for (const customer of found.customers) found.ask(await run(() => subscriptions.goingOn(customer)));
    return { events, objects, ...found.told(await run(subscriptions.questions)), applied: false };
  });
}

/** What was found so far; of the differences no more is held than is told of. */
class Found {
  readonly #show: number;
  readonly #differences: Rebuilt['differences'] = [];
  readonly #questions = new Set<string>();
  /** About whose subscriptions Stripe has to be asked. */
  readonly customers = new Set<string>();
  #differing = 0;

  constructor(show: number) {
    this.#show = show;
  }

  add(findings: readonly Finding[]): void {
    for (const finding of findings.toSorted(byId)) {
      if (finding.kind === 'question') this.#note(finding);
      else if ((this.#differing += 1) <= this.#show) this.#differences.push(differenceOf(finding));
    }
  }

  ask(subscriptionIds: readonly string[]): void {
    for (const id of subscriptionIds) this.#questions.add(id);
  }

  #note({ subscription, state: customer }: Finding): void {
    if (subscription !== null) this.#questions.add(subscription);
    else if (customer !== null) this.customers.add(customer);
  }

  /** Without the questions that are open already. */
  told(open: readonly string[]): Pick<Rebuilt, 'differing' | 'differences' | 'questions'> {
    for (const subscription of open) this.#questions.delete(subscription);
    return { differing: this.#differing, differences: this.#differences, questions: [...this.#questions].sort() };
  }
}

function byId(one: Finding, other: Finding): number {
  return Number(one.id > other.id) - Number(one.id < other.id);
}
