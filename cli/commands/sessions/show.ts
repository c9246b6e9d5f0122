/** devchat sessions show <id> */
import { Command } from 'commander';
import { sessionView } from '../../../core/sessions/session.ts';
import type { Context } from '../../context.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { historyLines, nextRestore, sessionDetail } from '../../render/sessions.ts';
import { isoFromMilliseconds } from '../../render/time.ts';
import { unknownSession } from '../../sessions.ts';

export interface ShowOptions {
  json?: boolean;
  cache?: string;
}

export function showCommand(context: Context): Command {
  return new Command('show')
    .argument('<id>', 'a session')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .action((id: string, options: ShowOptions) => runShow(id, options, context));
}

export async function runShow(id: string, { json, cache: file }: ShowOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const found = await (await context.cache()).session(id);
  if (!found) throw unknownSession(id);
  const { now, timeZone } = await context.terms();
  const session = sessionView(found.session, now);
  const history = found.changes.map(({ at, state, reason }) => ({ at: isoFromMilliseconds(at), state, reason }));
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, session: { ...session, history } }));
  const page = { timeZone, colour: io.colour.out, room: io.room.out };
  [...sessionDetail(session, page), '', ...historyLines(found.changes, page)].forEach(io.out);
  if (session.payable) io.talk(nextRestore(id));
}
