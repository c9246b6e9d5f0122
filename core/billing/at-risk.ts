/** What is about to go wrong with subscriptions, or has: from their cached state alone. Kinds and windows: docs/at-risk.md. Pure. */
import type Stripe from 'stripe';
import { own } from '../own.ts';
import { expiryOf, type Card } from './cards.ts';
import type { Terms } from './policy.ts';
import { failedPaymentOf, scheduledEnd, standingOf } from './standing.ts';
import { farewell, cancellationOf, subscriptionView, type CachedSubscription } from './subscription-view.ts';
import type { SubscriptionView } from './views.ts';
import { day, dayAndTime, dayAndYear, isoTime, money, month } from './words.ts';

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
/** A trial without a card is told this long before its end, and a card that expires this long before the charge that it will miss. */
const TRIAL_WINDOW_DAYS = 7;
const CHARGE_WINDOW_DAYS = 31;
/** How long Stripe waits for a first payment: https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
const FIRST_PAYMENT_HOURS = 23;

/** What the end of a trial without a card does, where it does not simply bill: https://docs.stripe.com/billing/subscriptions/trials */
const WITHOUT_CARD: Readonly<Record<string, string>> = { cancel: 'the subscription ends with it', pause: 'the subscription is paused then' };

const UTC = { timeZone: 'UTC' };

interface Facts extends CachedSubscription {
  snapshot: Stripe.Subscription;
  /** When money is taken next, in seconds; null where none will be. */
  nextCharge: number | null;
  terms: Terms;
}

/** When it hurts, in seconds (what hurts already: since when), and what, in one sentence a person would say. */
interface Trouble {
  at: number;
  sentence: string;
}

/** Every kind of risk: in which of Stripe's statuses it is looked for, and what is found. */
const RISKS = {
  past_due: { statuses: ['trialing', 'active', 'past_due', 'unpaid'], find: missingPayment },
  incomplete: { statuses: ['incomplete'], find: firstPayment },
  trial_without_card: { statuses: ['trialing'], find: trialWithoutCard },
  card_expires: { statuses: ['trialing', 'active', 'past_due'], find: expiringCard },
  scheduled_end: { statuses: ['trialing', 'active', 'past_due', 'unpaid', 'paused'], find: scheduledEnding },
} as const satisfies Record<string, { statuses: readonly string[]; find: (facts: Facts) => Trouble | undefined }>;

export type RiskKind = keyof typeof RISKS;

/** One risk; `at` is when it hurts as ISO 8601 in UTC, in the past where it hurts already. */
export interface Risk {
  kind: RiskKind;
  at: string;
  sentence: string;
}

/** A subscription with its risks, the soonest first. */
export interface SubscriptionAtRisk extends SubscriptionView {
  risks: [Risk, ...Risk[]];
}

/** Those of the subscriptions that are at risk, sorted by when it hurts. */
export function atRisk(subscriptions: readonly CachedSubscription[], terms: Terms): SubscriptionAtRisk[] {
  const found = subscriptions.flatMap((each) => {
    const [first, ...others] = risksOf(each, terms);
    return first ? [{ ...subscriptionView(each, terms), risks: [first, ...others] as [Risk, ...Risk[]] }] : [];
  });
  return found.sort(bySoonest);
}

/** For sorting those at risk by when it hurts. */
export function bySoonest({ risks: [one] }: SubscriptionAtRisk, { risks: [other] }: SubscriptionAtRisk): number {
  return soonestFirst(one, other);
}

/** The risks of one subscription, the soonest first. */
export function risksOf(cached: CachedSubscription, terms: Terms): Risk[] {
  const { subscription, invoice, email, card } = cached;
  const { snapshot, status } = subscription;
  const facts = { subscription, invoice, email, card, snapshot, nextCharge: nextChargeOf(snapshot), terms };
  const risks = (Object.keys(RISKS) as RiskKind[]).flatMap((kind) => {
    const isLookedFor = (RISKS[kind].statuses as readonly string[]).includes(status);
    const trouble = isLookedFor ? RISKS[kind].find(facts) : undefined;
    return trouble ? [{ kind, at: isoTime(trouble.at), sentence: trouble.sentence }] : [];
  });
  return risks.sort(soonestFirst);
}

function soonestFirst(one: Risk, other: Risk): number {
  return Date.parse(one.at) - Date.parse(other.at);
}

/** Nothing is taken while collection is paused, nor for a period that will not begin; who is sent invoices pays them otherwise. */
function nextChargeOf(snapshot: Stripe.Subscription): number | null {
  if (snapshot.pause_collection || snapshot.collection_method === 'send_invoice') return null;
  const next = (snapshot.status === 'trialing' ? snapshot.trial_end : snapshot.items.data[0]?.current_period_end) ?? null;
  const end = scheduledEnd(snapshot);
  return next !== null && end !== null && end <= next ? null : next;
}

function missingPayment({ subscription, invoice, snapshot, terms }: Facts): Trouble | undefined {
  const isMissing = failedPaymentOf(invoice) !== null;
  if (!isMissing && snapshot.status !== 'past_due' && snapshot.status !== 'unpaid') return undefined;
  const since = isMissing ? (invoice?.firstFailedAt ?? invoice?.failedAt) : undefined;
  return { at: since ?? subscription.asOf, sentence: standingOf(subscription, invoice, terms).reason };
}

function firstPayment({ invoice, snapshot, terms }: Facts): Trouble {
  const at = snapshot.created + FIRST_PAYMENT_HOURS * HOUR_SECONDS;
  const why = failedPaymentOf(invoice)?.reason;
  return { at, sentence: `the first payment${ofAmount(snapshot)} has not been made${why ? ` (${why})` : ''}, Stripe waits until ${dayAndTime(at, terms)}` };
}

function trialWithoutCard({ card, snapshot, nextCharge, terms }: Facts): Trouble | undefined {
  if (card !== null || nextCharge === null || !isWithin(TRIAL_WINDOW_DAYS, nextCharge, terms)) return undefined;
  const then = own(WITHOUT_CARD, snapshot.trial_settings?.end_behavior.missing_payment_method ?? '') ?? `the first payment${ofAmount(snapshot)} will fail`;
  return { at: nextCharge, sentence: `the trial ends on ${day(nextCharge, terms)} and there is no card: ${then}` };
}

function expiringCard({ card, snapshot, nextCharge, terms }: Facts): Trouble | undefined {
  const expiry = card ? expiryOf(card) : null;
  if (!card || expiry === null || nextCharge === null) return undefined;
  if (expiry > nextCharge || !isWithin(CHARGE_WINDOW_DAYS, nextCharge, terms)) return undefined;
  return { at: nextCharge, sentence: `the card ${card.name} ${expiryWords(card, expiry, terms)}, the next charge${ofAmount(snapshot)} is on ${day(nextCharge, terms)}` };
}

function expiryWords({ expires }: Card, expiry: number, terms: Terms): string {
  const name = month(expiry - 1, UTC);
  return expiry * 1000 <= terms.now ? `expired at the end of ${name} ${expires?.year}` : `expires at the end of ${name}`;
}

function scheduledEnding({ snapshot, terms }: Facts): Trouble | undefined {
  const at = scheduledEnd(snapshot);
  if (at === null) return undefined;
  const said = farewell(cancellationOf(snapshot));
  return { at, sentence: `the subscription is set to end on ${dayAndYear(at, terms)}${said ? ` (${said})` : ''}` };
}

function isWithin(days: number, seconds: number, { now }: Terms): boolean {
  return seconds * 1000 <= now + days * DAY_SECONDS * 1000;
}

/** " of $60"; nothing where discounts, tiers or usage make it another amount than the prices say. */
function ofAmount({ items, discounts }: Stripe.Subscription): string {
  const amounts = items.data.map(({ price, quantity = 1 }) => (price.unit_amount ?? NaN) * quantity);
  const amount = amounts.reduce((sum, each) => sum + each, 0);
  const [item] = items.data;
  return item?.price.currency && Number.isInteger(amount) && !discounts?.length ? ` of ${money({ amount, currency: item.price.currency })}` : '';
}
