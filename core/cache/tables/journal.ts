/** The journal: every genuine event as it came, never changed, with the attempts to apply it and Stripe's answers beside it. */
import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import { subjectOf, type Decision, type Subject } from '../../billing/apply-event.ts';
import type { Payment } from '../../billing/cards.ts';
import { rankedObject, type RankedObject } from '../../billing/rank.ts';
import type { Answer } from '../../billing/rebuild.ts';
import type { InvoiceState, SubscriptionState } from '../../billing/state.ts';
import { MOST_TIED } from '../../billing/tied.ts';
import { isTooDeep } from '../../billing/whole-event.ts';
import type { Attempt, EventFilter, Heard, JournaledEvent, ReceivedEvent } from '../cache.ts';
import { change, row, rows, value, values, type Work } from '../statement.ts';
import { eventFrom, type EventRow } from './rows.ts';

const LAST_ATTEMPT = `(SELECT max(sequence) FROM attempts WHERE attempts.event = events.sequence)`;
const SELECT = `
  SELECT events.sequence, events.id, type, created, received_at, source, customer, subscription, invoice, outcome, reason
  FROM events JOIN attempts ON attempts.sequence = ${LAST_ATTEMPT}`;

/** A journaled event, and the text that it was read from. */
export type Journaled = Pick<ReceivedEvent, 'event' | 'payload'>;

/** An event's place in the journal, and what became of it last. */
export type Standing = Pick<JournaledEvent, 'sequence' | 'outcome' | 'reason'>;

/** The text of an event at its place in the journal. */
export interface Told {
  sequence: number;
  payload: string;
}

/** Events with their places in the journal, in its order. */
export type PlacedEvents = ReadonlyMap<Stripe.Event, number>;

/** What is not a subscription's own event but tells of it. */
const TELLS_OF = `subscription = :subscription AND object IS DISTINCT FROM subscription`;

const SQL = {
  add: value<number>(`
    INSERT INTO events (id, type, created, received_at, source, customer, subscription, invoice, object, rank, payload)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING RETURNING sequence`),
  addAttempt: change(`INSERT INTO attempts (event, at, outcome, reason) VALUES (?, ?, ?, ?)`),
  isKnown: value<number>(`SELECT 1 FROM events WHERE id = ?`),
  lastInvoiceEvent: value<number>(`SELECT sequence FROM events WHERE ${TELLS_OF} AND invoice IS NOT NULL ORDER BY sequence DESC LIMIT 1`),
  isHeardOf: value<number>(`
    SELECT 1 FROM events WHERE ${TELLS_OF}
    UNION ALL SELECT 1 FROM attempts JOIN events ON events.sequence = attempts.event WHERE outcome = 'failed' AND subscription = :subscription LIMIT 1`),
  standing: row<Standing>(`SELECT events.sequence, outcome, reason FROM events JOIN attempts ON attempts.sequence = ${LAST_ATTEMPT} WHERE events.id = ?`),
  byId: row<EventRow>(`${SELECT} WHERE events.id = ?`),
  payload: value<string>(`SELECT payload FROM events WHERE sequence = ?`),
  attempts: rows<Attempt>(`SELECT at, outcome, reason FROM attempts WHERE event = ? ORDER BY sequence`),
  heard: row<Heard>(`SELECT coalesce((SELECT max(sequence) FROM attempts), 0) AS attempt, coalesce((SELECT max(sequence) FROM answers), 0) AS answer`),
  heardOf: values<string>(`
    SELECT subscription FROM attempts JOIN events ON events.sequence = attempts.event WHERE attempts.sequence > :attempt AND subscription IS NOT NULL
    UNION ALL SELECT subscription FROM answers WHERE sequence > :answer`),
  ofItsSecond: rows<Told>(`
    SELECT tied.sequence, tied.payload FROM events JOIN events AS tied ON tied.object = events.object AND tied.rank = events.rank
    WHERE events.sequence = ? AND tied.sequence <> events.sequence ORDER BY tied.sequence LIMIT ${MOST_TIED + 1}`),
  answersWith: values<string>(`SELECT answers.answer FROM answered JOIN answers ON answers.sequence = answered.answer WHERE object = ?`),
  isToldSince: value<number>(`SELECT 1 FROM attempts CROSS JOIN events WHERE events.sequence = attempts.event AND attempts.sequence > ? AND object = ? LIMIT 1`),
  isAnsweredSince: value<number>(`SELECT 1 FROM answered WHERE object = ? AND answer > ? LIMIT 1`),
  addAnswer: value<number>(`INSERT INTO answers (subscription, as_of, answer) VALUES (?, ?, ?) RETURNING sequence`),
  addAnswered: change(`INSERT INTO answered (object, answer) VALUES (?, ?)`),
};

/** How an event stands; undefined where it is not journaled. */
export function standing(id: string): Work<Standing | undefined> {
  return SQL.standing(id);
}

/** Those of the ids that are not journaled. */
export function* unknown(ids: readonly string[]): Work<string[]> {
  const found: string[] = [];
  for (const id of ids) if ((yield* SQL.isKnown(id)) === undefined) found.push(id);
  return found;
}

/** The place of the last event about an invoice of the subscription; 0 where there is none. */
export function* lastInvoiceEvent(subscription: string): Work<number> {
  return (yield* SQL.lastInvoiceEvent({ subscription })) ?? 0;
}

/** Whether the journal has anything of a subscription that is not cached: its own events had it cached, but those that failed. */
export function* isHeardOf(subscription: string): Work<boolean> {
  return (yield* SQL.isHeardOf({ subscription })) !== undefined;
}

/** Returns its place in the journal; undefined where it is journaled already. `livemode` is the mode that the cache belongs to. */
export function* add({ event, payload, source, receivedAt }: ReceivedEvent, livemode: boolean): Work<number | undefined> {
  const { customer, subscription, invoice, object, rank } = shownBy(event, livemode);
  return yield* SQL.add(event.id, event.type, event.created, receivedAt, source, customer, subscription, invoice, object, rank, payload);
}

/** Whether what comes is the text at this place, or says the same but for how many endpoints have yet to take it. */
export function* isTextAt(sequence: number, { event, payload: text }: ReceivedEvent): Work<boolean> {
  const journaled = yield* payload(sequence);
  return journaled === text || isDeepStrictEqual(saidBy(JSON.parse(journaled) as Stripe.Event), saidBy(event));
}

function saidBy({ id: _id, pending_webhooks: _count, ...said }: Stripe.Event): object {
  return said;
}

/** Under which id a text is journaled that comes under the id of another: "evt_1#2", then "evt_1#3". */
export function besideId(id: string): string {
  const number = Number(/#(\d+)$/.exec(id)?.[1] ?? 1);
  return `${id.replace(/#\d+$/, '')}#${number + 1}`;
}

export function* addAttempt(sequence: number, at: number, { outcome, reason }: Pick<Decision, 'outcome' | 'reason'>): Work<void> {
  yield* SQL.addAttempt(sequence, at, outcome, reason);
}

function* payload(sequence: number): Work<string> {
  return (yield* SQL.payload(sequence))!;
}

export function* read(sequence: number): Work<Journaled> {
  const text = yield* payload(sequence);
  return { event: JSON.parse(text) as Stripe.Event, payload: text };
}

/** With its attempts and its text; undefined where no such event is journaled. */
export function* show(id: string): Work<{ event: JournaledEvent; attempts: Attempt[]; payload: string } | undefined> {
  const found = yield* SQL.byId(id);
  const event = found && eventFrom(found);
  return event && { event, attempts: yield* SQL.attempts(event.sequence), payload: yield* payload(event.sequence) };
}

/** With the objects that it shows. */
export function* addAnswer({ id, asOf, snapshot }: SubscriptionState, invoices: readonly InvoiceState[], payment: Payment | undefined): Work<void> {
  const sequence = yield* SQL.addAnswer(id, asOf, JSON.stringify({ asOf, snapshot, invoices, payment: payment ?? null } satisfies Answer));
  const shown = [id, ...invoices.map((invoice) => invoice.id), ...(payment?.cards ?? []).map((card) => card.id), payment?.payer?.customer];
  for (const object of new Set(shown)) if (object !== undefined) yield* SQL.addAnswered(object, sequence);
}

/** The other events that show the object of this one as of its second, in the order of the journal; no more than prove nothing any more. */
export function* ofItsSecond(sequence: number): Work<PlacedEvents> {
  return placed(yield* SQL.ofItsSecond(sequence));
}

/** What is nested too deep is put in its place as one that shows nothing that can be read. */
export function placed(told: readonly Told[]): PlacedEvents {
  return new Map(told.map(({ sequence, payload }) => [readableEvent(payload), sequence]));
}

function readableEvent(payload: string): Stripe.Event {
  const event = JSON.parse(payload) as Stripe.Event;
  return isTooDeep(event, payload) ? ({ ...event, data: { object: {} } } as Stripe.Event) : event;
}

/** The place of that of the events that shows the subscription; null where an answer does. */
export function placeOf(subscription: SubscriptionState | undefined, events: Iterable<readonly [event: Stripe.Event, place: number]>): number | null {
  for (const [{ data }, place] of events) if (data.object === subscription?.snapshot) return place;
  return null;
}

/** All that Stripe answered with this object in it. */
export function* answersWith(object: string): Work<Answer[]> {
  return (yield* SQL.answersWith(object)).map((answer) => JSON.parse(answer) as Answer);
}

/** What was heard of an object since then. */
export function* heardSince(object: string, { attempt, answer }: Heard): Work<{ isTold: boolean; isAnswered: boolean }> {
  return { isTold: (yield* SQL.isToldSince(attempt, object)) !== undefined, isAnswered: (yield* SQL.isAnsweredSince(object, answer)) !== undefined };
}

/** Above each time in seconds, and each letter: where a range without an end ends. A range with one end alone is looked for without an index. */
const LATEST = 2 ** 40;
const LAST_LETTER = '\u{10FFFF}';

const LAST_OUTCOME = `(SELECT outcome FROM attempts WHERE attempts.sequence = ${LAST_ATTEMPT})`;

type Filter = Omit<EventFilter, 'limit'>;

/** Each filter that can be set, as SQL over `events` alone: an index finds the places, and only the rows of one page are read. */
const CONDITIONS = {
  subscription: () => 'subscription = :subscription',
  customer: () => 'customer = :customer',
  type: () => 'type >= :firstType AND type <= :lastType',
  outcome: outcomeCondition,
  since: () => 'created >= :since AND created < :until',
  until: () => 'created >= :since AND created < :until',
  after: () => 'sequence > :after',
} as const satisfies Partial<Record<keyof EventFilter, (filter: Filter) => string>>;

const lists = new Map<string, ReturnType<typeof rows<EventRow>>>();
const counts = new Map<string, ReturnType<typeof value<number>>>();

export function* list(filter: EventFilter): Work<JournaledEvent[]> {
  const direction = filter.oldestFirst ? '' : 'DESC';
  const page = `SELECT sequence FROM events ${where(filter)} ORDER BY sequence ${direction} LIMIT :limit`;
  const found = yield* same(lists, `${SELECT} WHERE events.sequence IN (${page}) ORDER BY events.sequence ${direction}`, rows<EventRow>)(parametersOf(filter));
  return found.map(eventFrom);
}

export function* count(filter: Filter): Work<number> {
  const parameters = parametersOf(filter);
  const given = Object.keys(parameters).length > 0 ? [parameters] : [];
  return (yield* same(counts, `SELECT count(*) FROM events ${where(filter)}`, value<number>)(...given))!;
}

function where(filter: Filter): string {
  const set = (Object.keys(CONDITIONS) as Array<keyof typeof CONDITIONS>).filter((name) => filter[name] !== undefined);
  return set.length === 0 ? '' : `WHERE ${set.map((name) => CONDITIONS[name](filter)).join(' AND ')}`;
}

/** Hardly anything but `applied` is common: what is rare is found among the attempts, for a failed one by an index of those. */
function outcomeCondition({ outcome }: Filter): string {
  const last = `${LAST_OUTCOME} = '${outcome}'`;
  return outcome === 'applied' ? last : `sequence IN (SELECT event FROM attempts WHERE outcome = '${outcome}') AND ${last}`;
}

function parametersOf({ subscription, customer, type, since, until, after, limit }: Filter & { limit?: number }): Record<string, unknown> {
  const created = since === undefined && until === undefined ? {} : { since: since ?? 0, until: until ?? LATEST };
  const types = type === undefined ? {} : { firstType: type.replace(/\*$/, ''), lastType: type.replace(/\*$/, LAST_LETTER) };
  return Object.fromEntries(Object.entries({ subscription, customer, ...types, ...created, after, limit }).filter(([, value]) => value !== undefined));
}

/** Which subscriptions something was heard of since then, by events, replays or answers, and how far that is. */
export function* heard(since: Heard | undefined): Work<{ subscriptions: string[]; heard: Heard }> {
  const now = (yield* SQL.heard())!;
  return { subscriptions: since ? [...new Set(yield* SQL.heardOf(since))] : [], heard: now };
}

/** A statement is known by its identity: the same text is the same one. */
function same<Ask>(known: Map<string, Ask>, sql: string, make: (sql: string) => Ask): Ask {
  const ask = known.get(sql) ?? make(sql);
  known.set(sql, ask);
  return ask;
}

/** An event whose object cannot be read is journaled all the same. */
function shownBy(event: Stripe.Event, livemode: boolean): Subject & RankedObject {
  try {
    return { ...subjectOf(event), ...rankedObject(event, { livemode }) };
  } catch {
    return { customer: null, subscription: null, invoice: null, object: null, rank: null };
  }
}
