/** The journal in SQLite: every genuine event as it came, never changed, with the attempts to apply it beside it. */
import type Database from 'better-sqlite3';
import type Stripe from 'stripe';
import { subjectOf, type Decision } from '../../billing/apply-event.ts';
import type { Attempt, EventFilter, JournaledEvent, ReceivedEvent } from '../cache.ts';
import { eventFrom, type EventRow } from './rows.ts';

const LAST_ATTEMPT = `(SELECT max(sequence) FROM attempts WHERE attempts.event = events.sequence)`;
const SELECT = `
  SELECT events.id, type, created, received_at, source, customer, subscription, invoice, outcome, reason
  FROM events JOIN attempts ON attempts.sequence = ${LAST_ATTEMPT}`;

export class Journal {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database.Database) {
    this.#statements = prepare(database);
  }

  find(id: string): JournaledEvent | undefined {
    const row = this.#statements.byId.get(id);
    return row && eventFrom(row);
  }

  add({ event, payload, source, receivedAt }: ReceivedEvent): void {
    const { id, type, created } = event;
    this.#statements.add.run({ id, type, created, received_at: receivedAt, source, payload, ...subjectIn(event) });
  }

  addAttempt(id: string, at: number, { outcome, reason }: Decision): void {
    this.#statements.addAttempt.run({ id, at, outcome, reason });
  }

  payload(id: string): string | undefined {
    return this.#statements.payload.get(id)?.payload;
  }

  attempts(id: string): Attempt[] {
    return this.#statements.attempts.all(id);
  }

  list({ subscription, limit }: EventFilter): JournaledEvent[] {
    const rows = subscription === undefined ? this.#statements.newest.all(limit) : this.#statements.ofSubscription.all(subscription, limit);
    return rows.map(eventFrom);
  }
}

/** An event whose object cannot be read is journaled all the same. */
function subjectIn(event: Stripe.Event): { customer: string | null; subscription: string | null; invoice: string | null } {
  try {
    return subjectOf(event);
  } catch {
    return { customer: null, subscription: null, invoice: null };
  }
}

function prepare(database: Database.Database) {
  return {
    add: database.prepare(`
      INSERT INTO events (id, type, created, received_at, source, customer, subscription, invoice, payload)
      VALUES (:id, :type, :created, :received_at, :source, :customer, :subscription, :invoice, :payload)`),
    addAttempt: database.prepare(`INSERT INTO attempts (event, at, outcome, reason) SELECT sequence, :at, :outcome, :reason FROM events WHERE id = :id`),
    byId: database.prepare<[string], EventRow>(`${SELECT} WHERE events.id = ?`),
    payload: database.prepare<[string], { payload: string }>(`SELECT payload FROM events WHERE id = ?`),
    attempts: database.prepare<[string], Attempt>(`SELECT at, outcome, reason FROM attempts WHERE event = (SELECT sequence FROM events WHERE id = ?) ORDER BY sequence`),
    newest: database.prepare<[number], EventRow>(`${SELECT} ORDER BY events.sequence DESC LIMIT ?`),
    ofSubscription: database.prepare<[string, number], EventRow>(`${SELECT} WHERE subscription = ? ORDER BY events.sequence DESC LIMIT ?`),
  };
}
