/** devchat events show <id> */
import { Command } from 'commander';
import { DevchatError } from '../../../core/errors.ts';
import type { Context } from '../../context.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { eventDetail, eventJson } from '../../render/events.ts';
import { isoFromMilliseconds } from '../../render/time.ts';

export interface ShowOptions {
  json?: boolean;
  cache?: string;
}

export function showCommand(context: Context): Command {
  return new Command('show')
    .argument('<id>', 'an event')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .action((id: string, options: ShowOptions) => runShow(id, options, context));
}

export async function runShow(id: string, { json, cache: file }: ShowOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const found = await (await context.cache()).event(id);
  if (!found) throw new DevchatError('not-found', `no event ${id} is journaled`, 'devchat events list shows the newest');
  if (!json) return eventDetail(found, io.colour.out, io.room.out).forEach(io.out);
  const attempts = found.attempts.map(({ at, outcome, reason }) => ({ at: isoFromMilliseconds(at), outcome, reason }));
  io.out(JSON.stringify({ schemaVersion: 1, event: { ...eventJson(found.event), attempts, payload: JSON.parse(found.payload) as unknown } }));
}
