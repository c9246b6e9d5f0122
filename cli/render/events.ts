/** Journaled events, as JSON and as lines. */
import type { ChalkInstance } from 'chalk';
import { isTooDeep } from '../../core/billing/whole-event.ts';
import { isoTime } from '../../core/billing/words.ts';
import type { Attempt, JournaledEvent } from '../../core/cache/cache.ts';
import { aboutWords, explanationOf } from './event-words.ts';
import { pairs, widthOf } from './lines.ts';
import { table } from './table.ts';
import { isoFromMilliseconds, minutes, minutesUtc } from './time.ts';

/** An event as `--json` tells it; times are ISO 8601 in UTC. */
export function eventJson({ id, type, created, receivedAt, source, outcome, reason, customer, subscription }: JournaledEvent) {
  return { id, type, created: isoTime(created), receivedAt: isoFromMilliseconds(receivedAt), source, outcome, reason, customer, subscription };
}

/** One line each, in the order given; where a terminal has no room for a type, its last words stand. */
export function eventLines(events: readonly JournaledEvent[], colour: ChalkInstance, room: number): string[] {
  const lines = linesWithTypes(events, colour, Infinity);
  const excess = Math.max(...lines.map(widthOf)) - room;
  const longestType = Math.max(...events.map(({ type }) => type.length));
  return excess > 0 ? linesWithTypes(events, colour, longestType - excess) : lines;
}

const OUTCOME_COLUMNS = 'outcome'.length;
/** Of an event's id at Stripe. */
const ID_COLUMNS = 28;
const GAP = '  ';

/** The head over the lines of events that come one by one. */
export function tailHead(colour: ChalkInstance): string {
  return colour.dim(['RECEIVED (UTC)'.padEnd(16), 'OUTCOME', 'ID'.padEnd(ID_COLUMNS), 'TYPE'].join(GAP));
}

/** One of them; where a terminal has no room for its type, the last words of it stand. */
export function tailLine(event: JournaledEvent, colour: ChalkInstance, room: number): string {
  const padding = ' '.repeat(OUTCOME_COLUMNS - event.outcome.length);
  const start = [minutes(isoFromMilliseconds(event.receivedAt)), `${outcome(event.outcome, colour)}${padding}`, event.id.padEnd(ID_COLUMNS), ''].join(GAP);
  return `${start}${lastWords(event.type, room - widthOf(start))}`;
}

function linesWithTypes(events: readonly JournaledEvent[], colour: ChalkInstance, roomForType: number): string[] {
  const head = ['RECEIVED (UTC)', 'TYPE', 'OUTCOME', 'ID'].map((word) => colour.dim(word));
  return table(head, events.map((event) => [minutes(isoFromMilliseconds(event.receivedAt)), lastWords(event.type, roomForType), outcome(event.outcome, colour), event.id]));
}

/** "customer.subscription.updated" as "…subscription.updated": the last words tell types apart. */
function lastWords(type: string, room: number): string {
  if (type.length <= room) return type;
  const words = type.split('.');
  const shorter = words.map((_, index) => `…${words.slice(index + 1).join('.')}`);
  return shorter.find((text) => text.length <= room && text !== '…') ?? `…${type.slice(1 - room)}`;
}

/** Whom an event is about, as far as the cache knows. */
export interface AboutWhom {
  email: string | undefined;
  /** The subscription's status now. */
  status: string | undefined;
}

type Shown = { event: JournaledEvent; attempts: readonly Attempt[]; payload: string } & AboutWhom;

/** One event in words, with its attempts, and its payload as it came but indented. */
export function eventDetail({ event, attempts, payload, email, status }: Shown, colour: ChalkInstance, room: number): string[] {
  const about = aboutWords(event.type);
  const rows: Array<[string, string | null]> = [
    ['event', colour.bold(event.id)],
    ['type', about ? `${event.type}: ${about}` : event.type],
    ['created', minutesUtc(isoTime(event.created))],
    ['received', `${minutesUtc(isoFromMilliseconds(event.receivedAt))}, by ${event.source}`],
    ['customer', event.customer && `${event.customer}${email ? ` (${email})` : ''}`],
    ['subscription', event.subscription && `${event.subscription}${status ? `, ${status} now` : ''}`],
    ...attempts.map((attempt): [string, string] => ['attempt', `${minutesUtc(isoFromMilliseconds(attempt.at))}, ${outcome(attempt.outcome, colour)}: ${attempt.reason}`]),
    ['means', explanationOf(event, payload).means],
  ];
  const facts = pairs(rows.flatMap(([name, value]) => (value ? [[colour.dim(name), value] as const] : [])), room);
  const shown = payloadJson(payload);
  return [...facts, '', typeof shown === 'string' ? shown : JSON.stringify(shown, null, 2)];
}

/** The payload as `--json` tells it; its very text where it is nested too deep to be written anew. */
export function payloadJson(payload: string): unknown {
  const parsed = JSON.parse(payload) as unknown;
  return isTooDeep(parsed, payload) ? payload : parsed;
}

/** What an outcome looks like. */
export function outcome(word: Attempt['outcome'], colour: ChalkInstance): string {
  return { applied: colour.green, ignored: colour.dim, stale: colour.yellow, failed: colour.red }[word](word);
}
