/** devchat subscriptions list */
import { Command } from 'commander';
import { subscriptionView } from '../../../core/billing/subscription-view.ts';
import type { Context } from '../../context.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { subscriptionLines } from '../../render/subscriptions.ts';

export interface ListOptions {
  json?: boolean;
  cache?: string;
}

export function listCommand(context: Context): Command {
  return new Command('list').addOption(jsonOption()).addOption(cacheOption()).action((options: ListOptions) => runList(options, context));
}

export async function runList({ json, cache: file }: ListOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const cache = await context.cache();
  const terms = await context.terms();
  const subscriptions = (await cache.subscriptions()).map((each) => subscriptionView(each, terms));
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, subscriptions }));
  if (subscriptions.length === 0) return io.talk('No subscription is cached yet.');
  subscriptionLines(subscriptions, io.colour.out, io.room.out).forEach(io.out);
}
