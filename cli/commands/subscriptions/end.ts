/** devchat subscriptions end <id> */
import { Command } from 'commander';
import { endSubscription } from '../../../core/billing/end.ts';
import { refreshSubscription } from '../../../core/billing/reconcile.ts';
import { isTerminal } from '../../../core/billing/state.ts';
import { subscriptionView } from '../../../core/billing/subscription-view.ts';
import type { Cache } from '../../../core/cache/cache.ts';
import { DevchatError } from '../../../core/errors.ts';
import { isAhead } from '../../../core/sessions/session.ts';
import { confirmAccount } from '../../account.ts';
import type { Context } from '../../context.ts';
import { findSubscription } from '../../find-subscription.ts';
import { cacheOption, jsonOption, liveOption } from '../../options.ts';
import { endedBefore, endedNow } from '../../render/end.ts';
import { hanging } from '../../render/lines.ts';

export interface EndOptions {
  json?: boolean;
  cache?: string;
  live?: boolean;
  yes?: boolean;
}

export function endCommand(context: Context): Command {
  return new Command('end')
    .description('Ends a subscription at Stripe now, without proration and without a final invoice. The customer’s booked sessions are cancelled.')
    .argument('<id>', 'a subscription (sub_…)')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .addOption(liveOption())
    .option('--yes', 'do not ask in live mode')
    .action((id: string, options: EndOptions) => runEnd(id, options, context));
}

export async function runEnd(id: string, { json, cache: file, live, yes }: EndOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const stripe = await context.stripe({ live });
  const cache = await context.claimCache({ live });
  await refuseOtherNames(id, cache);
  await refreshSubscription(stripe, cache, id);
  const { customer, status } = (await cached(id, cache)).subscription;
  const terms = await context.terms();
  const booked = (await cache.sessions({ customer })).filter((session) => session.state === 'booked' && isAhead(session, terms.now));
  const isOver = isTerminal(status);
  if (!isOver && live && !yes) await confirmAccount(stripe, context.io);
  if (!isOver) await endSubscription(stripe, cache, id);
  const subscription = subscriptionView(await cached(id, cache), terms);
  if (json) return context.io.out(JSON.stringify({ schemaVersion: 1, subscription }));
  const sessions = (await cache.sessions({ customer })).filter((session) => booked.some((before) => before.id === session.id));
  const sentences = isOver ? endedBefore(subscription, terms) : endedNow(subscription, sessions, terms);
  hanging('', sentences, context.io.room.out).forEach(context.io.out);
}

async function refuseOtherNames(name: string, cache: Cache): Promise<void> {
  if (name.startsWith('sub_')) return;
  const found = await findSubscription(name, cache);
  const hint = found ? `their subscription is ${found.subscription.id}` : 'devchat subscriptions list --json tells the ids';
  throw new DevchatError('usage', `${name} is no subscription: what is ended is named by its own id`, hint);
}

async function cached(id: string, cache: Cache) {
  const found = await cache.subscription(id);
  if (!found) throw new DevchatError('not-found', `no subscription ${id} is cached`);
  return found;
}
