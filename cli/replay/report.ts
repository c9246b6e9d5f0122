/** Tells what a replay does, while it does it: a line for each event where there are few, else how far it is and what came of it all. */
import { OUTCOMES, type Outcome } from '../../core/billing/apply-event.ts';
import { EXIT_CODES, FAILED } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { Progress } from '../progress.ts';
import { hanging } from '../render/lines.ts';
import { replayedLines, summary } from '../render/replay.ts';
import type { Unanswered } from './ask-stripe.ts';
import type { Replayed } from './replay.ts';

const FEW = 20;

export interface ReportOptions {
  json: boolean;
  dryRun: boolean;
  total: number;
  /** Whether the events were named one by one. */
  isNamed: boolean;
}

export class Report {
  /** About which only Stripe can tell. */
  readonly asked = new Set<string>();
  readonly #options: ReportOptions;
  readonly #io: Io;
  readonly #counts: Record<Outcome, number>;
  readonly #failed: Replayed[] = [];
  #done = 0;
  #last: string | undefined;

  constructor(options: ReportOptions, io: Io) {
    this.#options = options;
    this.#io = io;
    this.#counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  }

  /** Takes in the batches until they end, or until somebody interrupts: then it answers false. */
  async add(batches: AsyncIterable<readonly Replayed[]>, { signal, update }: Pick<Progress, 'signal' | 'update'>): Promise<boolean> {
    if (this.#options.json) this.#io.out('{"schemaVersion":1,"results":[');
    for await (const batch of batches) {
      for (const each of batch) this.#addOne(each);
      if (!this.#isEachTold()) update(this.#done);
      if (signal.aborted && this.#done < this.#options.total) return false;
    }
    return true;
  }

  end(unanswered: readonly Unanswered[], isDone: boolean): void {
    const { json, dryRun, total, isNamed } = this.#options;
    const { out, talk, room } = this.#io;
    if (json) out(`],"unanswered":${JSON.stringify(unanswered.map(({ subscription, reason }) => ({ subscription, reason })))}}`);
    else if (total === 0) talk('No event matches.');
    else if (!this.#isEachTold()) summary({ done: this.#done, counts: this.#counts, failed: this.#failed, dryRun }, this.#io).forEach(out);
    const sentences = [...unansweredSentences(unanswered), ...(isDone ? [] : goingOn(isNamed ? undefined : this.#last))];
    hanging('', sentences, room.talk).forEach(talk);
  }

  exitCode(unanswered: readonly Unanswered[]): number {
    if (this.#counts.failed > 0) return FAILED;
    return unanswered[0] ? EXIT_CODES[unanswered[0].kind] : 0;
  }

  #addOne(event: Replayed): void {
    const { id, outcome, reason, ask } = event;
    const { out } = this.#io;
    if (this.#options.json) out(`${this.#done === 0 ? '' : ','}${JSON.stringify({ id, outcome, reason })}`);
    else if (this.#isEachTold()) replayedLines(event, this.#io).forEach(out);
    if (ask) this.asked.add(ask);
    if (outcome === 'failed' && this.#failed.length < FEW) this.#failed.push(event);
    this.#counts[outcome] += 1;
    this.#done += 1;
    this.#last = id;
  }

  #isEachTold(): boolean {
    return this.#options.isNamed || this.#options.total <= FEW;
  }
}

function unansweredSentences([first, ...others]: readonly Unanswered[]): string[] {
  if (!first) return [];
  const whom = others.length === 0 ? first.subscription : `${first.subscription} and ${others.length} more`;
  return [`Stripe could not be asked about ${whom}: ${first.reason}.`, 'That stays marked: the daemon asks again.'];
}

function goingOn(last: string | undefined): string[] {
  const how = last === undefined ? 'the same command again is harmless' : `the same command with --after ${last} goes on from here`;
  return [`Interrupted. What was replayed stays: ${how}.`];
}
