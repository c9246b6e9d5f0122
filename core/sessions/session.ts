/** A pair-coding session: what is kept of it, what is shown of it, and which changes it allows. */
import type { SessionView } from '../billing/views.ts';
import { isoTime } from '../billing/words.ts';

export const SESSION_SECONDS = 3_600;

/** A session as the cache keeps it. `startsAt` in seconds; whether it is done follows from the time alone. */
export interface Session {
  id: string;
  customer: string;
  email: string | null;
  startsAt: number;
  state: 'booked' | 'cancelled';
  /** Why it is in this state: the reason of its last change. */
  reason: string;
  /** The invoice whose failed payment cancelled it; null for every other reason. */
  invoice: string | null;
  /** When the money for that invoice came, in milliseconds; null while it has not. */
  paidAt: number | null;
}

/** One change of a session, with who or what made it in words. `at` in milliseconds. */
export interface SessionChange {
  at: number;
  state: Session['state'];
  reason: string;
}

/** What is shown of a session at a moment; `now` in milliseconds. */
export function sessionView(session: Session, now: number): SessionView {
  const { id, customer, email, startsAt, reason } = session;
  return { id, customer, email, startsAt: isoTime(startsAt), state: isDone(session, now) ? 'done' : session.state, reason, payable: isPayable(session, now) };
}

/** Whether it took place: it was booked, and its hour is over. */
export function isDone(session: Session, now: number): boolean {
  return session.state === 'booked' && isOver(session, now);
}

/** Whether its hour has passed, whatever became of it. */
export function isOver({ startsAt }: Pick<Session, 'startsAt'>, now: number): boolean {
  return (startsAt + SESSION_SECONDS) * 1000 <= now;
}

/** Whether it has not begun. */
export function isAhead({ startsAt }: Pick<Session, 'startsAt'>, now: number): boolean {
  return startsAt * 1000 > now;
}

function isPayable(session: Session, now: number): boolean {
  return session.state === 'cancelled' && session.paidAt !== null && isAhead(session, now);
}
