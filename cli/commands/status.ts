/** devchat status */
import { Command } from 'commander';
import { isoTime } from '../../core/billing/words.ts';
import type { JournaledEvent } from '../../core/cache/cache.ts';
import { shownLocation } from '../../core/cache/location.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { Context } from '../context.ts';
import { shortPath } from '../render/short-path.ts';
import { jsonOption, liveOption } from '../options.ts';
import { eventJson } from '../render/events.ts';
import { hanging, pairs } from '../render/lines.ts';
import { noticeRows } from '../render/notices.ts';
import { isoFromMilliseconds, minutesUtc } from '../render/time.ts';
import { lookAtDaemon, lookAtNotices, lookAtStripe, type DaemonStatus, type StripeStatus } from '../status.ts';

export interface StatusOptions {
  json?: boolean;
  live?: boolean;
}

export function statusCommand(context: Context): Command {
  return new Command('status').addOption(jsonOption()).addOption(liveOption()).action((options: StatusOptions) => runStatus(options, context));
}

export async function runStatus({ json, live }: StatusOptions, context: Context): Promise<void> {
  const { io } = context;
  const config = context.config();
  const [stripe, daemon] = await Promise.all([lookAtStripe(() => context.stripe({ live }), config), lookAtDaemon(config)]);
  const cache = await context.cache();
  const [lastEvent] = await cache.events({ limit: 1 });
  const subscriptions = (await cache.subscriptionIds()).length;
  const caughtUp = await cache.backfilledUntil();
  const caughtUpUntil = caughtUp === undefined ? null : isoTime(caughtUp);
  const notices = await lookAtNotices(cache, config);
  if (stripe.error) context.exitCode = EXIT_CODES[stripe.error.kind];
  if (json) return io.out(JSON.stringify({ schemaVersion: 1, stripe: { ...stripe, error: stripe.error?.message ?? null }, daemon, cache: { path: shownLocation(config.cache), subscriptions }, lastEvent: lastEvent ? eventJson(lastEvent) : null, caughtUpUntil, notices }));
  const rows = [...stripeRows(stripe), daemonRow(daemon), ['cache', cacheRow(shownLocation(config.cache), subscriptions)] as const, ['last event', eventRow(lastEvent)] as const, ['caught up', minutesUtc(caughtUpUntil) ?? 'not yet: the daemon does it, or devchat events backfill'] as const, ...noticeRows(notices)];
  pairs(rows.map(([name, value]) => [io.colour.out.dim(name), value]), io.room.out).forEach(io.out);
  const next = stripe.error?.hint ?? (stripe.portal ? undefined : 'devchat provision portal; with --all where the account has more than 100 configurations');
  if (next) hanging('Next: ', [next], io.room.talk).forEach(io.talk);
}

function stripeRows({ api, mode, account, challengeId, portal, error }: StripeStatus): Array<readonly [string, string]> {
  return [
    ['Stripe', mode ? `${api}, ${mode} mode` : api],
    ['account', error ? `unknown: ${error.message}` : (account ?? 'this key may not read it')],
    ['challenge id', challengeId ?? 'not set'],
    ['portal', portal ? `${portal.id}${portal.active ? '' : ', inactive'}` : notSeen(error)],
  ];
}

function notSeen(error: StripeStatus['error']): string {
  return error ? 'unknown' : 'not provisioned';
}

function daemonRow({ url, running }: DaemonStatus): readonly [string, string] {
  return ['daemon', running ? `runs at ${url}` : `nothing answers at ${url}`];
}

function cacheRow(path: string, subscriptions: number): string {
  return `${shortPath(path)}, ${subscriptions === 1 ? '1 subscription' : `${subscriptions} subscriptions`}`;
}

function eventRow(event: JournaledEvent | undefined): string {
  return event ? `${event.type}, received ${minutesUtc(isoFromMilliseconds(event.receivedAt))}, ${event.outcome}` : 'none yet';
}
