/** Dunning: when an unpaid invoice is tried again, and what becomes of its subscription when the last try has failed. */
import type { SwitchValues } from '../switches.ts';
import type { World } from '../world.ts';
import { DAY_SECONDS, HOUR_SECONDS } from './calendar.ts';
import { change } from './change.ts';
import { paymentOf, stopped, subscriptionOf } from './invoices.ts';
import type { Invoice, PaymentIntent, PaymentMethod, Subscription } from './shapes.ts';
import { endSubscription } from './subscription-end.ts';
import { failResumption } from './resumption.ts';

/**
 * How long after each failed try the next one follows: 8 tries in two weeks.
 * @see https://docs.stripe.com/billing/revenue-recovery/smart-retries
 */
const RETRY_DELAYS_SECONDS = [
  33 * HOUR_SECONDS,
  DAY_SECONDS,
  2 * DAY_SECONDS,
  2 * DAY_SECONDS,
  2 * DAY_SECONDS,
  2 * DAY_SECONDS,
  2 * DAY_SECONDS,
  DAY_SECONDS,
] as const;

/** After one of these the same card is not charged again: its retries stay scheduled and wait for another card. */
const HARD_DECLINES: readonly string[] = ['incorrect_number', 'lost_card', 'pickup_card', 'stolen_card'];

/** Whether a retry that is due can be made: there is a card, and it is not the one that was declined for good. */
export function canRetry(world: World, invoice: Invoice, paymentMethod: PaymentMethod | undefined): boolean {
  if (paymentMethod === undefined) return false;
  const intent = world.store.find<PaymentIntent>('payment_intent', paymentOf(world, invoice)?.payment.payment_intent ?? '');
  const { code, decline_code, payment_method: declined } = intent?.last_payment_error ?? {};
  const isHard = HARD_DECLINES.includes(decline_code ?? '') || HARD_DECLINES.includes(code ?? '');
  return !isHard || declined?.id !== paymentMethod.id;
}

/** A retry that cannot be made only moves the schedule on. Emits `invoice.updated`, and at the end what ends dunning. */
export function skipRetry(world: World, invoice: Invoice): Invoice {
  const skipped = change(world, 'invoice.updated', withAttempt(world, invoice, true));
  followFailure(world, skipped, skipped.next_payment_attempt === null);
  return skipped;
}

/** The first try counts whoever asked for it; after it only the automatic ones do, and only they move the schedule. */
export function withAttempt(world: World, invoice: Invoice, automatic: boolean): Invoice {
  const counts = automatic || invoice.attempt_count === 0;
  if (!counts) return { ...invoice, attempted: true };
  const delay = retries(world, invoice) ? RETRY_DELAYS_SECONDS[invoice.attempt_count] : undefined;
  const tried = { ...invoice, attempt_count: invoice.attempt_count + 1, attempted: true };
  return delay === undefined ? stopped(tried) : { ...tried, next_payment_attempt: world.now() + delay };
}

/** A first payment is never retried: its subscription waits for its customer and expires. */
function retries(world: World, invoice: Invoice): boolean {
  if (invoice.auto_advance !== true || invoice.collection_method === 'send_invoice') return false;
  return subscriptionOf(world, invoice)?.status !== 'incomplete';
}

/** What a failed payment does to the subscription; nothing to one that is not being paid for. */
export function followFailure(world: World, invoice: Invoice, isLastTry: boolean): void {
  const subscription = subscriptionOf(world, invoice);
  if (subscription === undefined) return;
  if (subscription.status === 'paused') return failResumption(world, subscription, invoice);
  if (subscription.status !== 'active' && subscription.status !== 'past_due') return;
  if (subscription.status === 'active' && subscription.latest_invoice !== invoice.id) return;
  if (isLastTry) AT_THE_END[world.switchOf('dunning_end')](world, subscription);
  else markPastDue(world, subscription);
}

const AT_THE_END: Record<SwitchValues['dunning_end'], (world: World, subscription: Subscription) => void> = {
  cancel: (world, subscription) => void endSubscription(world, subscription, 'payment_failed'),
  unpaid: (world, subscription) => void change<Subscription>(world, 'customer.subscription.updated', { ...subscription, status: 'unpaid' }),
  leave: markPastDue,
};

/** Emits `customer.subscription.updated`, unless it is late already. */
export function markPastDue(world: World, subscription: Subscription): void {
  change<Subscription>(world, 'customer.subscription.updated', { ...subscription, status: 'past_due' });
}
