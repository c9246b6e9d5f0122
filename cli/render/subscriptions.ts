/** Subscriptions as people read them on a terminal. */
import type { ChalkInstance } from 'chalk';
import { farewell, type CachedSubscription } from '../../core/billing/subscription-view.ts';
import type { Standing, SubscriptionView } from '../../core/billing/views.ts';
import type { Terms } from '../../core/billing/policy.ts';
import { dayAndTime, money } from '../../core/billing/words.ts';
import { own } from '../../core/own.ts';
import type { SubscriptionChange } from '../watch.ts';
import { hanging, pairs } from './lines.ts';
import { tableLines, type Row } from './table.ts';
import { minutes, minutesUtc } from './time.ts';

const COLUMNS = ['WHO', 'STATUS', 'SESSION', 'UNTIL (UTC)', 'ID'] as const;
const FIRST_BELOW = 3;

/** A row of the list; who has no e-mail here goes by the customer id. */
export function subscriptionRow(subscription: SubscriptionView, colour: ChalkInstance): Row {
  const { id, email, customer, status, standing } = subscription;
  return [email ?? customer, status, verdict(standing, colour), until(subscription), id];
}

/** The list of these rows; where a terminal has no room, the ids are left out. */
export function subscriptionLines(rows: Iterable<Row>, colour: ChalkInstance, room: number): Generator<string> {
  return tableLines(COLUMNS.map((word) => colour.dim(word)), rows, { room, first: FIRST_BELOW, canSpareLast: true });
}

/** What changed, and when it was seen in the owner's time zone: "Thu 15 Jan, 13:04  ada@example.com  active -> past_due  on -> hold: …". */
export function changeLines({ subscription, before }: SubscriptionChange, terms: Terms, colour: ChalkInstance, room: number): string[] {
  const { email, customer, status, standing } = subscription;
  const label = [colour.dim(dayAndTime(terms.now / 1000, terms)), email ?? customer, ''].join('  ');
  const from = before && before.status !== status ? `${before.status} -> ` : '';
  const turned = before && before.standing.verdict !== standing.verdict ? `${verdict(before.standing, colour)} -> ` : '';
  return hanging(label, [`${before ? '' : 'new: '}${from}${status}  ${turned}${verdict(standing, colour)}: ${standing.reason}`], room);
}

/** Why Stripe says that it ends: https://docs.stripe.com/api/subscriptions/object#subscription_object-cancellation_details-reason */
const END_WORDS: Readonly<Record<string, string>> = {
  cancellation_requested: 'cancelled on request',
  payment_failed: 'the payment failed',
  payment_disputed: 'the payment was disputed',
  canceled_by_retention_policy: 'cancelled by a retention policy',
};

type Paid = Pick<CachedSubscription, 'card'>;

/** Everything that is cached of one, with these facts about its customer's sessions. */
export function subscriptionDetail(subscription: SubscriptionView & Paid, sessions: ReadonlyArray<[string, string]>, colour: ChalkInstance, room: number): string[] {
  const { failedPayment, standing, cancellation, card } = subscription;
  const rows: Array<[string, string | null]> = [
    ['subscription', colour.bold(subscription.id)],
    ['customer', `${subscription.customer}${subscription.email ? ` (${subscription.email})` : ''}`],
    ['status', subscription.status],
    ['next session', `${verdict(standing, colour)}: ${standing.reason}`],
    ...sessions,
    ['card', cardWords(card)],
    ['trial until', minutesUtc(subscription.trialEnd)],
    ['period until', minutesUtc(subscription.currentPeriodEnd)],
    ['ends', minutesUtc(subscription.endsAt)],
    ['ended', minutesUtc(subscription.endedAt)],
    ['why', cancellation && whyWords(cancellation)],
    ['failed payment', failedPayment && [money(failedPayment.amount), failedPayment.card, failedPayment.reason, failedPayment.invoice].filter(Boolean).join(', ')],
    ['tries again', minutesUtc(failedPayment?.nextAttempt ?? null)],
  ];
  return pairs(rows.flatMap(([name, value]) => (value ? [[colour.dim(name), value] as const] : [])), room);
}

/** What it is charged to, as JSON; null where there is nothing, left out where that is not known. */
export function cardJson(card: Paid['card']) {
  return card && { id: card.id, name: card.name, expires: card.expires && `${card.expires.year}-${twoDigits(card.expires.month)}` };
}

function cardWords(card: Paid['card']): string | null {
  if (!card) return card === null ? 'none' : null;
  return card.expires ? `${card.name}, good until ${twoDigits(card.expires.month)}/${card.expires.year}` : card.name;
}

function twoDigits(month: number): string {
  return String(month).padStart(2, '0');
}

function whyWords(cancellation: NonNullable<SubscriptionView['cancellation']>): string {
  const { reason } = cancellation;
  return [reason && (own(END_WORDS, reason) ?? reason.replaceAll('_', ' ')), farewell(cancellation)].filter(Boolean).join(', ');
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
