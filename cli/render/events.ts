/** Journaled events, as JSON and as lines. */
import type { ChalkInstance } from 'chalk';
import { isoTime } from '../../core/billing/standing.ts';
import type { Attempt, JournaledEvent } from '../../core/cache/cache.ts';
import { pairs, table } from './table.ts';
import { isoFromMilliseconds, minutes } from './time.ts';

/** An event as `--json` tells it; times are ISO 8601 in UTC. */
export function eventJson({ id, type, created, receivedAt, source, outcome, reason, customer, subscription }: JournaledEvent) {
  return { id, type, created: isoTime(created), receivedAt: isoFromMilliseconds(receivedAt), source, outcome, reason, customer, subscription };
}

/** One line each. */
export function eventLines(events: readonly JournaledEvent[], colour: ChalkInstance): string[] {
  const head = ['CREATED', 'TYPE', 'OUTCOME', 'ID'].map((word) => colour.dim(word));
  return table(head, events.map((event) => [minutes(isoTime(event.created)) ?? '', event.type, outcome(event.outcome, colour), event.id]));
}

/** One event with its attempts, and its payload as it came but indented. */
export function eventDetail({ event, attempts, payload }: { event: JournaledEvent; attempts: readonly Attempt[]; payload: string }, colour: ChalkInstance): string[] {
  const rows: Array<[string, string | null]> = [
    ['event', colour.bold(event.id)],
    ['type', event.type],
    ['created', minutes(isoTime(event.created))],
    ['source', event.source],
    ['customer', event.customer],
    ['subscription', event.subscription],
    ...attempts.map((attempt): [string, string] => [minutes(isoFromMilliseconds(attempt.at)) ?? '', `${outcome(attempt.outcome, colour)}: ${attempt.reason}`]),
  ];
  const facts = pairs(rows.flatMap(([name, value]) => (value ? [[colour.dim(name), value] as const] : [])));
  return [...facts, '', JSON.stringify(JSON.parse(payload), null, 2)];
}

/** What an outcome looks like. */
export function outcome(word: Attempt['outcome'], colour: ChalkInstance): string {
  return { applied: colour.green, ignored: colour.dim, stale: colour.yellow, failed: colour.red }[word](word);
}
