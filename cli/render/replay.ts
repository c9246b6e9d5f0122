/** What came of replaying many events, in words. */
import { OUTCOMES, type Outcome } from '../../core/billing/apply-event.ts';
import type { Io } from '../io.ts';
import { outcome as coloured } from './events.ts';
import { hanging } from './lines.ts';

export interface Replay {
  done: number;
  counts: Readonly<Record<Outcome, number>>;
  /** The first of those that failed. */
  failed: ReadonlyArray<{ id: string; reason: string }>;
  dryRun: boolean;
}

/** One event: its id, the outcome and the reason. */
export function replayedLines({ id, outcome, reason }: { id: string; outcome: Outcome; reason: string }, { colour, room }: Pick<Io, 'colour' | 'room'>): string[] {
  return hanging(`${id}  ${coloured(outcome, colour.out)}  `, [reason], room.out);
}

/** How many became what, and below it those that failed. */
export function summary({ done, counts, failed, dryRun }: Replay, io: Pick<Io, 'colour' | 'room'>): string[] {
  const parts = OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => `${number(counts[outcome])} ${coloured(outcome, io.colour.out)}`);
  const more = counts.failed - failed.length;
  return [
    `${number(done)} events ${dryRun ? 'would be' : 'replayed'}: ${parts.join(', ')}`,
    ...failed.flatMap((each) => replayedLines({ ...each, outcome: 'failed' }, io)),
    ...(more > 0 ? [`and ${number(more)} more: devchat events list --outcome failed`] : []),
  ];
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}
