/** How commands answer about one session. */
import type { Terms } from '../core/billing/policy.ts';
import { DevchatError } from '../core/errors.ts';
import { sessionView, type Session } from '../core/sessions/session.ts';
import type { Io } from './io.ts';
import { sessionDetail } from './render/sessions.ts';

/** Shows a session that was changed; what comes `next` is said to people alone. */
export function tellSession(session: Session, { json, terms, next }: { json: boolean | undefined; terms: Terms; next?: string }, io: Io): void {
  const view = sessionView(session, terms.now);
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, session: view }));
  sessionDetail(view, { timeZone: terms.timeZone, colour: io.colour.out, room: io.room.out }).forEach(io.out);
  if (next) io.talk(next);
}

export function unknownSession(id: string): DevchatError {
  return new DevchatError('not-found', `no session ${id} is cached`, 'devchat sessions list --all shows every one');
}
