/** devchat subscriptions watch [id|email] */
import { Command } from 'commander';
import type { Cache } from '../../../core/cache/cache.ts';
import { DevchatError } from '../../../core/errors.ts';
import type { Context } from '../../context.ts';
import { findCustomer, findSubscription } from '../../find-subscription.ts';
import { follow } from '../../follow.ts';
import { cacheOption, jsonLinesOption } from '../../options.ts';
import { changeLines } from '../../render/subscriptions.ts';
import { isoFromMilliseconds } from '../../render/time.ts';
import { tellSubscriptions } from '../../tell-subscriptions.ts';
import { Watch, type SubscriptionChange, type Watched } from '../../watch.ts';

export interface WatchOptions {
  json?: boolean;
  cache?: string;
}

export function watchCommand(context: Context): Command {
  return new Command('watch')
    .description('Shows the subscriptions and then each change of status or verdict, whichever process makes it, or time alone. Ctrl-C ends it.')
    .argument('[id|email]', 'one subscription, or those of one customer')
    .addOption(jsonLinesOption())
    .addOption(cacheOption())
    .action((name: string | undefined, options: WatchOptions) => runWatch(name, options, context));
}

export async function runWatch(name: string | undefined, { json, cache: file }: WatchOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const cache = await context.cache();
  const { policy, timeZone } = context.config();
  const clock = await context.clock();
  const terms = () => ({ policy, timeZone, now: clock.now() });
  const watch = new Watch(cache, name === undefined ? { all: cache.subscriptions, includes: () => true } : await watchedBy(name, cache));
  const tell = (change: SubscriptionChange) => {
    if (json) io.out(JSON.stringify({ schemaVersion: 1, at: isoFromMilliseconds(clock.now()), ...change }));
    else changeLines(change, terms(), io.colour.out, io.room.out).forEach(io.out);
  };
  let isBegun = false;
  await follow(cache, async () => {
    await clock.refresh();
    if (isBegun) return (await watch.changes(terms())).forEach(tell);
    isBegun = true;
    if (json) for await (const page of watch.begin(terms())) page.forEach((subscription) => tell({ subscription, before: null }));
    else await tellSubscriptions(watch.begin(terms()), io);
  });
}

async function watchedBy(name: string, cache: Cache): Promise<Watched> {
  const found = await findSubscription(name, cache);
  const customer = name.startsWith('sub_') ? undefined : await findCustomer(name, cache);
  if (!found && !(customer && (await cache.userByCustomer(customer)))) throw new DevchatError('not-found', `no subscription of ${name} is cached`, 'devchat subscriptions list shows all');
  return { all: () => [found ? [found] : []], includes: ({ subscription }) => subscription.id === name || subscription.customer === customer };
}
