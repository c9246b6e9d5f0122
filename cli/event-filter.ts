/** Which journaled events are meant: the flags that `events list`, `tail` and `replay` share. */
import { Option } from 'commander';
import { OUTCOMES, type Outcome } from '../core/billing/apply-event.ts';
import type { Terms } from '../core/billing/policy.ts';
import type { Cache, EventFilter } from '../core/cache/cache.ts';
import { DevchatError } from '../core/errors.ts';
import { findCustomer, findSubscription } from './find-subscription.ts';
import { duration } from './options.ts';

/** An age in seconds, or what is read as a day or a time once the time zone is known. */
export type When = number | string;

export interface FilterOptions {
  since?: When;
  until?: When;
  type?: string;
  customer?: string;
  subscription?: string;
  outcome?: Outcome;
}

const AGE = /^\d+[a-z]$/;
/** What may be a day or a time begins so; what is wrong with it then is told by the calendar. */
const DATE = /^\s*\d{4}-\d{2}-\d{2}/;

export const sinceOption = () => new Option('--since <when>', 'created at Stripe from then on: an age (2d, 12h), a day, or a time').argParser(when);

export const filterOptions = () => [
  sinceOption(),
  new Option('--until <when>', 'created before then; of a day, to its end').argParser(when),
  new Option('--type <type>', 'of this type; invoice.* is all that begin so'),
  new Option('--customer <id|email>', 'about this customer'),
  new Option('--subscription <id|email>', 'about this subscription'),
];

export const outcomeOption = () => new Option('--outcome <outcome>', 'what became of them').choices(OUTCOMES);

/** What the flags say as a filter. Throws `usage` for times that cannot be, and `not-found` for an e-mail address that nobody has. */
export async function eventFilter({ since, until, type, customer, subscription, outcome }: FilterOptions, cache: Cache, terms: Terms): Promise<Omit<EventFilter, 'limit'>> {
  const filter = { since: await secondsOf(since, 'start', terms), until: await secondsOf(until, 'end', terms), type, outcome };
  if (filter.since !== undefined && filter.until !== undefined && filter.since >= filter.until) throw new DevchatError('usage', '--since is not before --until');
  return { ...filter, customer: customer && (await customerOf(customer, cache)), subscription: subscription && (await subscriptionOf(subscription, cache)) };
}

/** For commander. */
function when(text: string): When {
  return AGE.test(text) ? duration(text) : text;
}

/** In seconds; of a day its start or its end. Throws as `eventFilter`. The calendar is loaded only where a date is named: it would cost every start. */
export async function secondsOf(moment: When | undefined, edge: 'start' | 'end', { now, timeZone }: Terms): Promise<number | undefined> {
  if (moment === undefined) return undefined;
  if (typeof moment === 'number') return Math.floor(now / 1000) - moment;
  if (!DATE.test(moment)) throw new DevchatError('usage', `"${moment}" is no age, day or time`, `say an age such as 2d, a day such as 2026-11-27, or a time such as 2026-11-27T15:00 (${timeZone})`);
  const { dayOf, momentOf } = await import('../core/sessions/local-time.ts');
  return dayOf(moment, timeZone)?.[edge] ?? momentOf(moment, timeZone);
}

async function customerOf(name: string, cache: Cache): Promise<string> {
  return (await findCustomer(name, cache)) ?? unknown(`nobody has signed up as ${name}`);
}

async function subscriptionOf(name: string, cache: Cache): Promise<string> {
  if (name.startsWith('sub_')) return name;
  return (await findSubscription(name, cache))?.subscription.id ?? unknown(`no subscription of ${name} is cached`);
}

function unknown(message: string): never {
  throw new DevchatError('not-found', message, 'devchat subscriptions list shows all');
}
