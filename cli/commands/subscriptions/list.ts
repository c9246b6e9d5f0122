/** devchat subscriptions list */
import { Command } from 'commander';
import { atRisk, type SubscriptionAtRisk } from '../../../core/billing/at-risk.ts';
import type { Terms } from '../../../core/billing/policy.ts';
import { subscriptionView } from '../../../core/billing/subscription-view.ts';
import type { SubscriptionView } from '../../../core/billing/views.ts';
import type { Context } from '../../context.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { atRiskLines } from '../../render/at-risk.ts';
import { subscriptionLines } from '../../render/subscriptions.ts';

export interface ListOptions {
  atRisk?: boolean;
  json?: boolean;
  cache?: string;
}

export function listCommand(context: Context): Command {
  return new Command('list')
    .option('--at-risk', 'only those that are past due or about to be lost, sorted by when it hurts')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .action((options: ListOptions) => runList(options, context));
}

export async function runList({ json, cache: file, atRisk: onlyAtRisk }: ListOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const cached = await (await context.cache()).subscriptions();
  const terms = await context.terms();
  if (onlyAtRisk) tellAtRisk(atRisk(cached, terms), terms, json, context);
  else tellAll(cached.map((each) => subscriptionView(each, terms)), json, context);
}

function tellAll(subscriptions: readonly SubscriptionView[], json: boolean | undefined, { io }: Context): void {
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, subscriptions }));
  if (subscriptions.length === 0) return io.talk('No subscription is cached yet.');
  subscriptionLines(subscriptions, io.colour.out, io.room.out).forEach(io.out);
}

function tellAtRisk(subscriptions: readonly SubscriptionAtRisk[], terms: Terms, json: boolean | undefined, { io }: Context): void {
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, subscriptions }));
  if (subscriptions.length === 0) return io.talk('No subscription is at risk.');
  atRiskLines(subscriptions, terms, io.colour.out, io.room.out).forEach(io.out);
}
