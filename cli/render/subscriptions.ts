/** Subscriptions as people read them on a terminal. */
import type { ChalkInstance } from 'chalk';
import { money } from '../../core/billing/standing.ts';
import type { Standing, SubscriptionView } from '../../core/billing/views.ts';
import { pairs, table } from './table.ts';
import { minutes } from './time.ts';

/** One line each. */
export function subscriptionLines(subscriptions: readonly SubscriptionView[], colour: ChalkInstance): string[] {
  const head = ['EMAIL', 'STATUS', 'SESSION', 'UNTIL', 'ID'].map((word) => colour.dim(word));
  return table(head, subscriptions.map((each) => [each.email ?? '-', each.status, verdict(each.standing, colour), until(each), each.id]));
}

/** Everything that is cached of one. */
export function subscriptionDetail(subscription: SubscriptionView, colour: ChalkInstance): string[] {
  const { failedPayment, standing } = subscription;
  const rows: Array<[string, string | null]> = [
    ['subscription', colour.bold(subscription.id)],
    ['customer', `${subscription.customer}${subscription.email ? ` (${subscription.email})` : ''}`],
    ['status', subscription.status],
    ['next session', `${verdict(standing, colour)}: ${standing.reason}`],
    ['trial until', minutes(subscription.trialEnd)],
    ['period until', minutes(subscription.currentPeriodEnd)],
    ['ends', minutes(subscription.endsAt)],
    ['ended', minutes(subscription.endedAt)],
    ['failed payment', failedPayment && [money(failedPayment.amount), failedPayment.card, failedPayment.reason, failedPayment.invoice].filter(Boolean).join(', ')],
    ['tries again', minutes(failedPayment?.nextAttempt ?? null)],
  ];
  return pairs(rows.flatMap(([name, value]) => (value ? [[colour.dim(name), value] as const] : [])));
}

function until({ endedAt, endsAt, trialEnd, currentPeriodEnd, status }: SubscriptionView): string {
  if (endedAt) return `ended ${minutes(endedAt)}`;
  if (endsAt) return `ends ${minutes(endsAt)}`;
  return minutes(status === 'trialing' ? trialEnd : currentPeriodEnd) ?? '-';
}

function verdict({ verdict: word }: Standing, colour: ChalkInstance): string {
  return { on: colour.green, hold: colour.yellow, off: colour.red }[word](word);
}
