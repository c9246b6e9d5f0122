/** How commands answer about one session. */
import { sessionView, type Session } from '../core/sessions/session.ts';
import { DevchatError } from '../core/errors.ts';
import type { Context } from './context.ts';
import { sessionDetail } from './render/sessions.ts';

/** Shows a session that was changed; what comes `next` is said to people alone. */
export async function tellSession(session: Session, { json, next }: { json: boolean | undefined; next?: string }, context: Context): Promise<void> {
  const { io } = context;
  const { now, timeZone } = await context.terms();
  const view = sessionView(session, now);
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, session: view }));
  sessionDetail(view, { timeZone, colour: io.colour.out, room: io.room.out }).forEach(io.out);
  if (next) io.talk(next);
}

export function unknownSession(id: string): DevchatError {
  return new DevchatError('not-found', `no session ${id} is cached`, 'devchat sessions list --all shows every one');
}
