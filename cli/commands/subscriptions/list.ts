/** devchat subscriptions list */
import { Command } from 'commander';
import { atRisk, bySoonest, type SubscriptionAtRisk } from '../../../core/billing/at-risk.ts';
import type { Terms } from '../../../core/billing/policy.ts';
import { subscriptionView, type CachedSubscription } from '../../../core/billing/subscription-view.ts';
import type { SubscriptionView } from '../../../core/billing/views.ts';
import type { Context } from '../../context.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { atRiskLines } from '../../render/at-risk.ts';
import { jsonList } from '../../render/json-list.ts';
import { tellSubscriptions } from '../../tell-subscriptions.ts';

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
  const pages = (await context.cache()).subscriptions();
  const terms = await context.terms();
  if (onlyAtRisk) tellAtRisk(await foundAtRisk(pages, terms), terms, json, context);
  else if (json) await context.io.writeAll(jsonList('subscriptions', views(pages, terms)));
  else await tellSubscriptions(views(pages, terms), context.io);
}

type Pages<T> = AsyncIterable<readonly T[]>;

async function* views(pages: Pages<CachedSubscription>, terms: Terms): AsyncGenerator<SubscriptionView[]> {
  for await (const page of pages) yield page.map((each) => subscriptionView(each, terms));
}

async function foundAtRisk(pages: Pages<CachedSubscription>, terms: Terms): Promise<SubscriptionAtRisk[]> {
  const found: SubscriptionAtRisk[] = [];
  for await (const page of pages) found.push(...atRisk(page, terms));
  return found.sort(bySoonest);
}

function tellAtRisk(subscriptions: readonly SubscriptionAtRisk[], terms: Terms, json: boolean | undefined, { io }: Context): void {
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, subscriptions }));
  if (subscriptions.length === 0) return io.talk('No subscription is at risk.');
  atRiskLines(subscriptions, terms, io.colour.out, io.room.out).forEach(io.out);
}
