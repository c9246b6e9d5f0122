/** devchat sessions list */
import { Command } from 'commander';
import { isOver, sessionView } from '../../../core/sessions/session.ts';
import type { Context } from '../../context.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { sessionLines } from '../../render/sessions.ts';

const ALL = 'devchat sessions list --all';
const BOOK = 'devchat sessions book <email> <when> books one.';

export interface ListOptions {
  all?: boolean;
  json?: boolean;
  cache?: string;
}

export function listCommand(context: Context): Command {
  return new Command('list')
    .description('Lists the sessions that are not over, booked and cancelled, by their start.')
    .option('--all', 'those that are over, too (--json has them always)')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .action((options: ListOptions) => runList(options, context));
}

export async function runList({ all: isAll = false, json, cache: file }: ListOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const sessions = await (await context.cache()).sessions();
  const { now, timeZone } = await context.terms();
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, sessions: sessions.map((each) => sessionView(each, now)) }));
  const shown = sessions.filter((each) => isAll || !isOver(each, now)).map((each) => sessionView(each, now));
  if (shown.length > 0) sessionLines(shown, { timeZone, colour: io.colour.out, room: io.room.out }).forEach(io.out);
  else io.talk(`No session is ${sessions.length === 0 ? 'booked yet' : 'to come'}: ${BOOK}`);
  const over = sessions.length - shown.length;
  if (over > 0) io.talk(over === 1 ? `1 is over: ${ALL} shows it, too.` : `${over} are over: ${ALL} shows them, too.`);
}
