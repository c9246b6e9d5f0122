/** What falls due by the passing of time, and the order in which it happens. */
import type { World } from '../world.ts';
import { endTrial, renew } from './billing-cycle.ts';
import { HOUR_SECONDS } from './calendar.ts';
import { change } from './change.ts';
import { expireCheckoutSession } from './checkout-sessions.ts';
import { advanceInvoice } from './invoice-advance.ts';
import { findInvoice, voidInvoice } from './invoices.ts';
import type { CheckoutSession, Invoice, Subscription } from './shapes.ts';
import { endSubscription } from './subscription-end.ts';
import { currentPeriod } from './subscription-items.ts';
import { remindOfTrialEnd, trialReminderDue } from './trial-reminder.ts';

const FIRST_PAYMENT_SECONDS = 23 * HOUR_SECONDS;

/** One thing that will happen by itself. */
interface Due {
  at: number;
  run(world: World): void;
}

/** When the next thing falls due, in seconds; `undefined` when nothing ever will. May lie in the past. */
export function nextDue(world: World): number | undefined {
  return firstDue(world)?.at;
}

/**
 * Runs everything that falls due until `until` (seconds), in the order of time and each at its own moment; what this makes
 * due in turn is run too. Each of them is one transaction.
 */
export function runDue(world: World, until: number): void {
  for (let due = firstDue(world); due !== undefined && due.at <= until; due = firstDue(world)) {
    const { at, run } = due;
    world.at(at, () => world.store.transaction(() => run(world)));
  }
}

/** The earliest; of several at one moment the first listed. */
function firstDue(world: World): Due | undefined {
  const { store } = world;
  const all = [
    ...store.all<Subscription>('subscription', { status: RUNNING }).flatMap((one) => subscriptionDues(world, one)),
    ...store.all<Invoice>('invoice', { status: ['draft', 'open'] }).flatMap(invoiceDues),
    ...store.all<CheckoutSession>('checkout.session', { status: 'open' }).map(sessionDue),
  ];
  return all.reduce<Due | undefined>((first, due) => (first === undefined || due.at < first.at ? due : first), undefined);
}

const RUNNING = ['incomplete', 'trialing', 'active', 'past_due', 'paused'] as const;

/** An end that falls on a renewal comes first. */
function subscriptionDues(world: World, subscription: Subscription): Due[] {
  if (subscription.status === 'incomplete') {
    return [{ at: subscription.created + FIRST_PAYMENT_SECONDS, run: (then) => expire(then, subscription) }];
  }
  return [...endDue(subscription), ...reminderDue(world, subscription), ...periodDue(subscription), ...resumptionDue(subscription)];
}

function endDue(subscription: Subscription): Due[] {
  const { cancel_at: at } = subscription;
  if (at === null) return [];
  return [{ at, run: (world) => void endSubscription(world, subscription, 'cancellation_requested') }];
}

function reminderDue(world: World, subscription: Subscription): Due[] {
  const at = trialReminderDue(world, subscription);
  return at === undefined ? [] : [{ at, run: (then) => remindOfTrialEnd(then, subscription) }];
}

function periodDue(subscription: Subscription): Due[] {
  const { status, trial_end } = subscription;
  if (status === 'paused') return [];
  if (status === 'trialing' && trial_end !== null) {
    return [{ at: trial_end, run: (world) => void endTrial(world, subscription) }];
  }
  return [{ at: currentPeriod(subscription).end, run: (world) => void renew(world, subscription) }];
}

function resumptionDue(subscription: Subscription): Due[] {
  const at = subscription.pause_collection?.resumes_at ?? null;
  if (at === null) return [];
  const resumed: Subscription = { ...subscription, pause_collection: null };
  return [{ at, run: (world) => void change(world, 'customer.subscription.updated', resumed) }];
}

/** The first payment never came: the subscription never began, and its invoice is void. */
function expire(world: World, subscription: Subscription): void {
  change<Subscription>(world, 'customer.subscription.updated', {
    ...subscription,
    ended_at: world.now(),
    status: 'incomplete_expired',
  });
  const invoice = findInvoice(world, subscription.latest_invoice ?? '');
  if (invoice.status === 'open') voidInvoice(world, invoice);
}

/** A draft waits for its finalization, an open invoice for its next try. */
function invoiceDues(invoice: Invoice): Due[] {
  const at = invoice.status === 'draft' ? invoice.automatically_finalizes_at : invoice.next_payment_attempt;
  if (at === null || invoice.auto_advance !== true) return [];
  return [{ at, run: (world) => void advanceInvoice(world, invoice) }];
}

function sessionDue(session: CheckoutSession): Due {
  return { at: session.expires_at, run: (world) => void expireCheckoutSession(world, session.id) };
}
