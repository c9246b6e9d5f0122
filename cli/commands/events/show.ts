/** devchat events show <id> */
import { Command } from 'commander';
import type { Attempt } from '../../../core/cache/cache.ts';
import { DevchatError } from '../../../core/errors.ts';
import type { Context } from '../../context.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { explanationOf } from '../../render/event-words.ts';
import { eventDetail, eventJson, payloadJson } from '../../render/events.ts';
import { hanging } from '../../render/lines.ts';
import { isoFromMilliseconds } from '../../render/time.ts';

export interface ShowOptions {
  json?: boolean;
  cache?: string;
}

export function showCommand(context: Context): Command {
  return new Command('show')
    .description('Explains one event: what it is about, what became of it each time it was tried, and its payload as Stripe sent it.')
    .argument('<id>', 'an event')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .action((id: string, options: ShowOptions) => runShow(id, options, context));
}

export async function runShow(id: string, { json, cache: file }: ShowOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const cache = await context.cache();
  const found = await cache.event(id);
  if (!found) throw new DevchatError('not-found', `no event ${id} is journaled`, 'devchat events list shows the newest');
  const { event, attempts, payload } = found;
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, event: { ...eventJson(event), attempts: attempts.map(attemptJson), payload: payloadJson(payload) } }));
  const email = event.customer ? (await cache.userByCustomer(event.customer))?.email : undefined;
  const status = event.subscription ? (await cache.subscription(event.subscription))?.subscription.status : undefined;
  eventDetail({ ...found, email, status }, io.colour.out, io.room.out).forEach(io.out);
  const { next } = explanationOf(event, payload);
  if (next) hanging('Next: ', [next], io.room.talk).forEach(io.talk);
}

function attemptJson({ at, outcome, reason }: Attempt) {
  return { at: isoFromMilliseconds(at), outcome, reason };
}
