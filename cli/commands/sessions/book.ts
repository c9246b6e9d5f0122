/** devchat sessions book <email> <when> */
import { Command } from 'commander';
import type { Cache } from '../../../core/cache/cache.ts';
import { DevchatError } from '../../../core/errors.ts';
import { momentOf } from '../../../core/sessions/local-time.ts';
import type { Context } from '../../context.ts';
import { findSubscription } from '../../find-subscription.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { tellSession } from '../../sessions.ts';

export interface BookOptions {
  json?: boolean;
  cache?: string;
}

export function bookCommand(context: Context): Command {
  return new Command('book')
    .description('Books a session of 60 minutes. One session a time, one a customer in each billing period, and none while the verdict is hold or off.')
    .argument('<email>', 'the customer: an e-mail address, or an id (cus_…)')
    .argument('<when...>', 'such as 2026-11-27T15:00, local to DEVCHAT_TIME_ZONE, or 2026-11-27T15:00+01:00')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .action((name: string, when: string[], options: BookOptions) => runBook(name, when.join(' '), options, context));
}

export async function runBook(name: string, when: string, { json, cache: file }: BookOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const terms = await context.terms();
  const startsAt = momentOf(when, terms.timeZone);
  const cache = await context.cache();
  const session = await cache.bookSession({ customer: await customerOf(name.trim(), cache), startsAt }, terms.now);
  tellSession(session, { json, terms, next: `Next: devchat sessions cancel ${session.id} takes it back.` }, context.io);
}

async function customerOf(name: string, cache: Cache): Promise<string> {
  const found = await findSubscription(name, cache);
  if (found) return found.subscription.customer;
  const user = name.includes('@') ? await cache.userByEmail(name) : await cache.userByCustomer(name);
  if (user) throw new DevchatError('conflict', `${name} has signed up, but never subscribed`, 'they subscribe on their dashboard');
  throw new DevchatError('not-found', `nobody has signed up as ${name}`, 'devchat subscriptions list shows who has a subscription');
}
