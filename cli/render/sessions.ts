/** Sessions as people read them on a terminal; times are local to the owner's time zone. */
import type { ChalkInstance } from 'chalk';
import type { SessionView } from '../../core/billing/views.ts';
import { localTime } from '../../core/sessions/local-time.ts';
import type { SessionChange } from '../../core/sessions/session.ts';
import { pairs } from './lines.ts';
import { tableInRoom } from './table.ts';

/** What lines are laid out for: `timeZone` is an IANA name, `room` in columns. */
interface Page {
  timeZone: string;
  colour: ChalkInstance;
  room: number;
}

/** The reason is what a terminal has no room for first. */
const FIRST_BELOW = 4;

/** One line each; what a terminal has no room for stands below. */
export function sessionLines(sessions: readonly SessionView[], { timeZone, colour, room }: Page): string[] {
  const head = [`START (${timeZone})`, 'WHO', 'STATE', 'ID', 'WHY'].map((word) => colour.dim(word));
  const rows = sessions.map((session) => [startOf(session, timeZone), session.email ?? session.customer, stateOf(session, colour), session.id, session.payable ? `paid since: devchat sessions restore ${session.id}` : whyOf(session)]);
  return tableInRoom(head, rows, { first: FIRST_BELOW, room });
}

/** One session, a fact a line. */
export function sessionDetail(session: SessionView, { timeZone, colour, room }: Page): string[] {
  const rows: Array<[string, string]> = [
    ['session', colour.bold(session.id)],
    ['customer', `${session.customer}${session.email ? ` (${session.email})` : ''}`],
    ['start', `${startOf(session, timeZone)} (${timeZone})`],
    ['state', [stateOf(session, colour), whyOf(session)].filter(Boolean).join(': ')],
  ];
  return pairs(rows.map(([name, value]) => [colour.dim(name), value]), room);
}

/** What became of a session, the first change first. */
export function historyLines(changes: readonly SessionChange[], { timeZone, colour, room }: Page): string[] {
  const head = [`WHEN (${timeZone})`, 'STATE', 'WHY'].map((word) => colour.dim(word));
  return tableInRoom(head, changes.map(({ at, state, reason }) => [localTime(wholeMinute(at), timeZone), state, whyOf({ reason })]), { first: 2, room });
}

/** Among the facts of a customer: the next booked session, and those that wait for being restored. */
export function sessionFacts(sessions: readonly SessionView[], { timeZone, colour }: Omit<Page, 'room'>): Array<[string, string]> {
  const next = sessions.find(({ state }) => state === 'booked');
  const shown = sessions.filter((session) => session === next || session.payable);
  return shown.map((session) => ['session', [stateOf(session, colour), `${startOf(session, timeZone)} (${timeZone})`, session.id, session.payable ? 'paid since' : ''].filter(Boolean).join(', ')]);
}

/** The last line, where a cancelled session can be restored. */
export function nextRestore(id: string): string {
  return `Next: devchat sessions restore ${id} books it again.`;
}

function startOf({ startsAt }: SessionView, timeZone: string): string {
  return localTime(Date.parse(startsAt) / 1000, timeZone);
}

function stateOf({ state, payable }: SessionView, colour: ChalkInstance): string {
  if (payable) return colour.yellow(state);
  return { booked: colour.green, cancelled: colour.red, done: colour.dim }[state](state);
}

/** That it is booked needs no reason. */
function whyOf({ reason }: Pick<SessionView, 'reason'>): string {
  return reason === 'booked' ? '' : reason;
}

function wholeMinute(milliseconds: number): number {
  return Math.floor(milliseconds / 60_000) * 60;
}
