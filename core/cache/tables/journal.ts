/** The journal: every genuine event as it came, never changed, with the attempts to apply it and Stripe's answers beside it. */
import type Stripe from 'stripe';
import { subjectOf, type Decision, type Subject } from '../../billing/apply-event.ts';
import type { Payment } from '../../billing/cards.ts';
import { rankedObject, type RankedObject } from '../../billing/rank.ts';
import type { InvoiceState, SubscriptionState } from '../../billing/state.ts';
import type { Attempt, EventFilter, JournaledEvent, ReceivedEvent } from '../cache.ts';
import { change, row, rows, value, type Work } from '../statement.ts';
import { eventFrom, type EventRow } from './rows.ts';

/** What Stripe answered when it was asked about a subscription. `asOf` in Stripe's seconds. */
export interface JournaledAnswer {
  asOf: number;
  snapshot: Stripe.Subscription;
  invoices: readonly InvoiceState[];
  payment: Payment | null;
}

const LAST_ATTEMPT = `(SELECT max(sequence) FROM attempts WHERE attempts.event = events.sequence)`;
const SELECT = `
  SELECT events.sequence, events.id, type, created, received_at, source, customer, subscription, invoice, outcome, reason
  FROM events JOIN attempts ON attempts.sequence = ${LAST_ATTEMPT}`;
const SQL = {
  add: value<number>(`
    INSERT INTO events (id, type, created, received_at, source, customer, subscription, invoice, object, rank, payload)
    VALUES (:id, :type, :created, :received_at, :source, :customer, :subscription, :invoice, :object, :rank, :payload) RETURNING sequence`),
  addAttempt: change(`INSERT INTO attempts (event, at, outcome, reason) VALUES (?, ?, ?, ?)`),
  byId: row<EventRow>(`${SELECT} WHERE events.id = ?`),
  payload: value<string>(`SELECT payload FROM events WHERE sequence = ?`),
  attempts: rows<Attempt>(`SELECT at, outcome, reason FROM attempts WHERE event = ? ORDER BY sequence`),
  addAnswer: change(`INSERT INTO answers (subscription, as_of, answer) VALUES (?, ?, ?)`),
};

export function* find(id: string): Work<JournaledEvent | undefined> {
  const found = yield* SQL.byId(id);
  return found && eventFrom(found);
}

/** Returns its place in the journal. `livemode` is the mode that the cache belongs to. */
export function* add({ event, payload, source, receivedAt }: ReceivedEvent, livemode: boolean): Work<number> {
  const { id, type, created } = event;
  return (yield* SQL.add({ id, type, created, received_at: receivedAt, source, payload, ...shownBy(event, livemode) }))!;
}

export function* addAttempt(sequence: number, at: number, { outcome, reason }: Decision): Work<void> {
  yield* SQL.addAttempt(sequence, at, outcome, reason);
}

export function* payload(sequence: number): Work<string> {
  return (yield* SQL.payload(sequence))!;
}

/** With its attempts and its text; undefined where no such event is journaled. */
export function* show(id: string): Work<{ event: JournaledEvent; attempts: Attempt[]; payload: string } | undefined> {
  const event = yield* find(id);
  return event && { event, attempts: yield* SQL.attempts(event.sequence), payload: yield* payload(event.sequence) };
}

export function* addAnswer({ id, asOf, snapshot }: SubscriptionState, invoices: readonly InvoiceState[], payment: Payment | undefined): Work<void> {
  yield* SQL.addAnswer(id, asOf, JSON.stringify({ asOf, snapshot, invoices, payment: payment ?? null } satisfies JournaledAnswer));
}

/** Each filter that can be set, as SQL. */
const CONDITIONS = {
  subscription: 'subscription = :subscription',
  customer: 'customer = :customer',
  type: 'type = :type',
  outcome: 'outcome = :outcome',
  since: 'created >= :since',
  until: 'created < :until',
  after: 'events.sequence > :after',
} as const satisfies Partial<Record<keyof EventFilter, string>>;

const lists = new Map<string, ReturnType<typeof rows<EventRow>>>();

export function* list(filter: EventFilter): Work<JournaledEvent[]> {
  const set = (Object.keys(CONDITIONS) as Array<keyof typeof CONDITIONS>).filter((name) => filter[name] !== undefined);
  const parameters = Object.fromEntries([...set, 'limit' as const].map((name) => [name, filter[name]]));
  const where = set.length === 0 ? '' : `WHERE ${set.map((name) => CONDITIONS[name]).join(' AND ')}`;
  const found = yield* listing(`${SELECT} ${where} ORDER BY events.sequence ${filter.oldestFirst ? '' : 'DESC'} LIMIT :limit`)(parameters);
  return found.map(eventFrom);
}

/** A statement is known by its identity: the same text is the same one. */
function listing(sql: string): ReturnType<typeof rows<EventRow>> {
  const known = lists.get(sql) ?? rows<EventRow>(sql);
  lists.set(sql, known);
  return known;
}

/** An event whose object cannot be read is journaled all the same. */
function shownBy(event: Stripe.Event, livemode: boolean): Subject & RankedObject {
  try {
    return { ...subjectOf(event), ...rankedObject(event, { livemode }) };
  } catch {
    return { customer: null, subscription: null, invoice: null, object: null, rank: null };
  }
}
