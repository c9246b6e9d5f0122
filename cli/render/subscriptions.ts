/** Subscriptions as people read them on a terminal. */
import type { ChalkInstance } from 'chalk';
import type { Standing, SubscriptionView } from '../../core/billing/views.ts';
import { money } from '../../core/billing/words.ts';
import { pairs, widthOf } from './lines.ts';
import { table } from './table.ts';
import { minutes, minutesUtc } from './time.ts';

const COLUMNS = ['WHO', 'STATUS', 'SESSION', 'UNTIL (UTC)', 'ID'] as const;

/** One line each; who has no e-mail here goes by the customer id. Where a terminal has no room, the last column is left out. */
export function subscriptionLines(subscriptions: readonly SubscriptionView[], colour: ChalkInstance, room: number): string[] {
  const head = COLUMNS.map((word) => colour.dim(word));
  const rows = subscriptions.map((each) => [each.email ?? each.customer, each.status, verdict(each.standing, colour), until(each), each.id]);
  const lines = table(head, rows);
  const fits = lines.every((line) => widthOf(line) <= room);
  return fits ? lines : table(head.slice(0, -1), rows.map((row) => row.slice(0, -1)));
}

/** Everything that is cached of one, with these facts about its customer's sessions. */
export function subscriptionDetail(subscription: SubscriptionView, sessions: ReadonlyArray<[string, string]>, colour: ChalkInstance, room: number): string[] {
  const { failedPayment, standing } = subscription;
  const rows: Array<[string, string | null]> = [
    ['subscription', colour.bold(subscription.id)],
    ['customer', `${subscription.customer}${subscription.email ? ` (${subscription.email})` : ''}`],
    ['status', subscription.status],
    ['next session', `${verdict(standing, colour)}: ${standing.reason}`],
    ...sessions,
    ['trial until', minutesUtc(subscription.trialEnd)],
    ['period until', minutesUtc(subscription.currentPeriodEnd)],
    ['ends', minutesUtc(subscription.endsAt)],
    ['ended', minutesUtc(subscription.endedAt)],
    ['failed payment', failedPayment && [money(failedPayment.amount), failedPayment.card, failedPayment.reason, failedPayment.invoice].filter(Boolean).join(', ')],
    ['tries again', minutesUtc(failedPayment?.nextAttempt ?? null)],
  ];
  return pairs(rows.flatMap(([name, value]) => (value ? [[colour.dim(name), value] as const] : [])), room);
}

function until({ endedAt, endsAt, trialEnd, currentPeriodEnd, status }: SubscriptionView): string {
  if (endedAt) return `ended ${minutes(endedAt)}`;
  if (endsAt) return `ends ${minutes(endsAt)}`;
  const next = status === 'trialing' ? trialEnd : currentPeriodEnd;
  return next ? minutes(next) : '-';
}

function verdict({ verdict: word }: Standing, colour: ChalkInstance): string {
  return { on: colour.green, hold: colour.yellow, off: colour.red }[word](word);
}
