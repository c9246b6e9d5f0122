/** Sessions and their history in SQLite. */
import { randomInt } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Session, SessionChange } from '../../sessions/session.ts';
import { sessionFrom, type SessionRow } from './rows.ts';

const LAST_CHANGE = `(SELECT max(sequence) FROM session_changes WHERE session = sessions.id)`;
const SELECT = `
  SELECT sessions.*, users.email, session_changes.reason
  FROM sessions JOIN session_changes ON session_changes.sequence = ${LAST_CHANGE} LEFT JOIN users USING (customer)`;
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const ID_LENGTH = 10;

export class Sessions {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database.Database) {
    this.#statements = prepare(database);
  }

  add({ customer, startsAt }: Pick<Session, 'customer' | 'startsAt'>, reason: string, at: number): Session {
    const id = newId();
    this.#statements.add.run({ id, customer, starts_at: startsAt });
    this.#statements.addChange.run({ session: id, at, state: 'booked', reason });
    return this.#known(id);
  }

  /** A change of state, or that its money came, is a line of its history; anything else only says better why. */
  save({ id, state, reason, invoice, paidAt }: Session, at: number): Session {
    const before = this.#known(id);
    this.#statements.save.run({ id, state, invoice, paid_at: paidAt });
    if (before.state !== state || before.paidAt !== paidAt) this.#statements.addChange.run({ session: id, at, state, reason });
    else if (before.reason !== reason) this.#statements.reword.run({ session: id, reason });
    return this.#known(id);
  }

  find(id: string): Session | undefined {
    const row = this.#statements.byId.get(id);
    return row && sessionFrom(row);
  }

  changes(id: string): SessionChange[] {
    return this.#statements.changes.all(id);
  }

  all(customer?: string): Session[] {
    const rows = customer === undefined ? this.#statements.all.all() : this.#statements.ofCustomer.all(customer);
    return rows.map(sessionFrom);
  }

  /** Those of a customer that have not begun; `now` in milliseconds. */
  ahead(customer: string, now: number): Session[] {
    return this.#statements.ahead.all(customer, now / 1000).map(sessionFrom);
  }

  /** Every booked session that is still to come or lies in the billing period of one that is; from `since` on, in seconds. */
  bookedSince(since: number): Session[] {
    return this.#statements.bookedSince.all(since).map(sessionFrom);
  }

  #known(id: string): Session {
    const session = this.find(id);
    if (!session) throw new TypeError(`no session ${id}`);
    return session;
  }
}

/** Short, since people type it, and without letters that look alike. */
function newId(): string {
  return `ses_${Array.from({ length: ID_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;
}

function prepare(database: Database.Database) {
  return {
    add: database.prepare<[object]>(`INSERT INTO sessions (id, customer, starts_at, state) VALUES (:id, :customer, :starts_at, 'booked')`),
    save: database.prepare<[object]>(`UPDATE sessions SET state = :state, invoice = :invoice, paid_at = :paid_at WHERE id = :id`),
    addChange: database.prepare<[object]>(`INSERT INTO session_changes (session, at, state, reason) VALUES (:session, :at, :state, :reason)`),
    reword: database.prepare<[object]>(`UPDATE session_changes SET reason = :reason WHERE sequence = (SELECT max(sequence) FROM session_changes WHERE session = :session)`),
    byId: database.prepare<[string], SessionRow>(`${SELECT} WHERE sessions.id = ?`),
    changes: database.prepare<[string], SessionChange>(`SELECT at, state, reason FROM session_changes WHERE session = ? ORDER BY sequence`),
    all: database.prepare<[], SessionRow>(`${SELECT} ORDER BY starts_at, sessions.id`),
    ofCustomer: database.prepare<[string], SessionRow>(`${SELECT} WHERE sessions.customer = ? ORDER BY starts_at, sessions.id`),
    ahead: database.prepare<[string, number], SessionRow>(`${SELECT} WHERE sessions.customer = ? AND starts_at > ? ORDER BY starts_at, sessions.id`),
    bookedSince: database.prepare<[number], SessionRow>(`${SELECT} WHERE starts_at >= ? AND sessions.state = 'booked' ORDER BY starts_at, sessions.id`),
  };
}
