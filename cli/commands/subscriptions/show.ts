/** devchat subscriptions show <id|email> */
import { Command } from 'commander';
import { subscriptionView } from '../../../core/billing/subscription-view.ts';
import { DevchatError } from '../../../core/errors.ts';
import { isOver, sessionView } from '../../../core/sessions/session.ts';
import type { Context } from '../../context.ts';
import { findSubscription } from '../../find-subscription.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { eventJson, eventLines } from '../../render/events.ts';
import { nextRestore, sessionFacts } from '../../render/sessions.ts';
import { cardJson, subscriptionDetail } from '../../render/subscriptions.ts';

const EVENTS_SHOWN = 20;

export interface ShowOptions {
  json?: boolean;
  cache?: string;
}

export function showCommand(context: Context): Command {
  return new Command('show')
    .argument('<id|email>', 'a subscription, a customer or an e-mail address')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .action((name: string, options: ShowOptions) => runShow(name, options, context));
}

export async function runShow(name: string, { json, cache: file }: ShowOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const { io } = context;
  const cache = await context.cache();
  const found = await findSubscription(name, cache);
  if (!found) throw new DevchatError('not-found', `no subscription of ${name} is cached`, 'devchat subscriptions list shows all');
  const terms = await context.terms();
  const subscription = subscriptionView(found, terms);
  const sessions = (await cache.sessions({ customer: subscription.customer })).filter((each) => !isOver(each, terms.now)).map((each) => sessionView(each, terms.now));
  const events = await cache.events({ subscription: subscription.id, limit: EVENTS_SHOWN });
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, subscription: { ...subscription, card: cardJson(found.card), latestInvoice: found.invoice ?? null, sessions, events: events.map(eventJson) } }));
  const facts = sessionFacts(sessions, { timeZone: terms.timeZone, colour: io.colour.out });
  subscriptionDetail({ ...subscription, card: found.card }, facts, io.colour.out, io.room.out).forEach(io.out);
  if (events.length > 0) ['', ...eventLines(events, io.colour.out, io.room.out)].forEach(io.out);
  for (const { id } of sessions.filter(({ payable }) => payable)) io.talk(nextRestore(id));
  if (subscription.endsAt) io.talk(`Next: devchat subscriptions end ${subscription.id} ends it now.`);
}
