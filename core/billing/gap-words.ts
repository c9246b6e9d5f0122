/** How the gap was closed, in one line for people. */
import type { Closed } from './gap.ts';
import type { Synced } from './sync.ts';
import { isoTime } from './words.ts';

/** "events since 2026-11-20T09:30:00.000Z: 12 listed, 3 new", or why all subscriptions were compared, and what came of it. */
export function closedWords(closed: Closed): string {
  if (closed.by === 'subscriptions') return `${closed.why}: ${syncedWords(closed)}`;
  return `events since ${isoTime(closed.since)}: ${counted([closed.listed, 'listed'], [closed.fresh, 'new'], [closed.failed.length, 'could not be applied'], [closed.skipped.length, 'left out'], [closed.unanswered.length, 'without an answer'])}`;
}

/** "40 subscriptions compared, 2 refreshed" */
export function syncedWords({ compared, refreshed, ended, unknown, unanswered }: Synced): string {
  return counted([compared, compared === 1 ? 'subscription compared' : 'subscriptions compared'], [refreshed.length, 'refreshed'], [ended.length, 'ended here alone'], [unknown.length, 'unknown to Stripe'], [unanswered.length, 'without an answer']);
}

/** The first two always, others where there are any. */
function counted(...counts: ReadonlyArray<readonly [number, string]>): string {
  return counts.filter(([count], index) => index < 2 || count > 0).map(([count, what]) => `${count} ${what}`).join(', ');
}
