/** What came of replaying many events, in words. */
import { OUTCOMES, type Outcome } from '../../core/billing/apply-event.ts';
import type { Io } from '../io.ts';
import { outcome as coloured } from './events.ts';

export interface Replay {
  done: number;
  counts: Readonly<Record<Outcome, number>>;
  /** The first of those that failed. */
  failed: ReadonlyArray<{ id: string; reason: string }>;
  dryRun: boolean;
}

/** How many became what, and below it those that failed. */
export function summary({ done, counts, failed, dryRun }: Replay, { colour }: Pick<Io, 'colour'>): string[] {
  const parts = OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => `${number(counts[outcome])} ${coloured(outcome, colour.out)}`);
  const more = counts.failed - failed.length;
  return [
    `${number(done)} events ${dryRun ? 'would be' : 'replayed'}: ${parts.join(', ')}`,
    ...failed.map(({ id, reason }) => `${id}  ${coloured('failed', colour.out)}  ${reason}`),
    ...(more > 0 ? [`and ${number(more)} more: devchat events list --outcome failed`] : []),
  ];
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}
