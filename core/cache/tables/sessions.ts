/** Sessions and their history. */
import { randomInt } from 'node:crypto';
import type { Session, SessionChange } from '../../sessions/session.ts';
import { change, row, rows, type Work } from '../statement.ts';
import { sessionFrom, type SessionRow } from './rows.ts';

const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const ID_LENGTH = 10;

const LAST_CHANGE = `(SELECT max(sequence) FROM session_changes WHERE session = sessions.id)`;
const SELECT = `
  SELECT sessions.*, users.email, session_changes.reason
  FROM sessions JOIN session_changes ON session_changes.sequence = ${LAST_CHANGE} LEFT JOIN users USING (customer)`;
const SQL = {
  add: change(`INSERT INTO sessions (id, customer, starts_at, state) VALUES (:id, :customer, :starts_at, 'booked')`),
  save: change(`UPDATE sessions SET state = :state, invoice = :invoice, paid_at = :paid_at WHERE id = :id`),
  addChange: change(`INSERT INTO session_changes (session, at, state, reason) VALUES (:session, :at, :state, :reason)`),
  reword: change(`UPDATE session_changes SET reason = :reason WHERE sequence = (SELECT max(sequence) FROM session_changes WHERE session = :session)`),
  byId: row<SessionRow>(`${SELECT} WHERE sessions.id = ?`),
  changes: rows<SessionChange>(`SELECT at, state, reason FROM session_changes WHERE session = ? ORDER BY sequence`),
  all: rows<SessionRow>(`${SELECT} ORDER BY starts_at, sessions.id`),
  ofCustomer: rows<SessionRow>(`${SELECT} WHERE sessions.customer = ? ORDER BY starts_at, sessions.id`),
  ahead: rows<SessionRow>(`${SELECT} WHERE sessions.customer = ? AND starts_at > ? ORDER BY starts_at, sessions.id`),
  bookedSince: rows<SessionRow>(`${SELECT} WHERE starts_at >= ? AND sessions.state = 'booked' ORDER BY starts_at, sessions.id`),
};

export function* add({ customer, startsAt }: Pick<Session, 'customer' | 'startsAt'>, reason: string, at: number): Work<Session> {
  const id = newId();
  yield* SQL.add({ id, customer, starts_at: startsAt });
  yield* SQL.addChange({ session: id, at, state: 'booked', reason });
  return yield* known(id);
}

/** A change of state, or that its money came, is a line of its history; anything else only says better why. */
export function* save({ id, state, reason, invoice, paidAt }: Session, at: number): Work<Session> {
  const before = yield* known(id);
  yield* SQL.save({ id, state, invoice, paid_at: paidAt });
  if (before.state !== state || before.paidAt !== paidAt) yield* SQL.addChange({ session: id, at, state, reason });
  else if (before.reason !== reason) yield* SQL.reword({ session: id, reason });
  return yield* known(id);
}

export function* find(id: string): Work<Session | undefined> {
  const found = yield* SQL.byId(id);
  return found && sessionFrom(found);
}

/** With its history; undefined where there is none of this id. */
export function* show(id: string): Work<{ session: Session; changes: SessionChange[] } | undefined> {
  const session = yield* find(id);
  return session && { session, changes: yield* SQL.changes(id) };
}

export function* all(customer?: string): Work<Session[]> {
  const found = customer === undefined ? yield* SQL.all() : yield* SQL.ofCustomer(customer);
  return found.map(sessionFrom);
}

/** Those of a customer that have not begun; `now` in milliseconds. */
export function* ahead(customer: string, now: number): Work<Session[]> {
  return (yield* SQL.ahead(customer, Math.floor(now / 1000))).map(sessionFrom);
}

/** Every booked session that is still to come or lies in the billing period of one that is; from `since` on, in seconds. */
export function* bookedSince(since: number): Work<Session[]> {
  return (yield* SQL.bookedSince(since)).map(sessionFrom);
}

function* known(id: string): Work<Session> {
  const session = yield* find(id);
  if (!session) throw new TypeError(`no session ${id}`);
  return session;
}

/** Short, since people type it, and without letters that look alike. */
function newId(): string {
  return `ses_${Array.from({ length: ID_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;
}
