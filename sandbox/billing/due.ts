/** What falls due by the passing of time, and the order in which it happens. */
import { existing } from '../wire/existing.ts';
import type { Where, World } from '../world.ts';
import { endTrial, renew } from './billing-cycle.ts';
import { HOUR_SECONDS } from './calendar.ts';
import { change } from './change.ts';
import { expireCheckoutSession } from './checkout.ts';
import { advanceInvoice } from './invoice-advance.ts';
import { markOverdue, overdueAt } from './invoice-sending.ts';
import { voidInvoice } from './invoices.ts';
import type { CheckoutSession, Invoice, Subscription } from './shapes.ts';
import { endSubscription } from './subscription-end.ts';
import { currentPeriod } from './subscription-items.ts';
import { resumptionDue } from './resumption.ts';
import { giveUpResumption } from './subscription-resume.ts';
import { remindOfTrialEnd, trialReminderDue } from './trial-reminder.ts';
import { tellOfRenewal, upcomingDue } from './upcoming-invoice.ts';

const FIRST_PAYMENT_SECONDS = 23 * HOUR_SECONDS;

/** One thing that will happen by itself, to nobody but this customer. */
interface Due {
  at: number;
  customer: string | null;
  run(world: World): void;
}

/** When the next thing falls due, in seconds; `undefined` when nothing ever will. May lie in the past. */
export function nextDue(world: World): number | undefined {
  return earliest(duesOf(world))?.at;
}

/**
 * Runs everything that falls due until `until` (seconds), in the order of time and each at its own moment; what this makes
 * due in turn is run too. Each of them is one transaction.
 */
export function runDue(world: World, until: number): void {
  let agenda = duesOf(world);
  for (let due = earliest(agenda); due !== undefined && due.at <= until; due = earliest(agenda)) {
    const { at, customer, run } = due;
    world.at(at, () => world.store.transaction(() => run(world)));
    agenda = [...agenda.filter((one) => one.customer !== customer), ...duesOf(world, { customer })];
  }
}

/** Of several at one moment the first listed. */
function earliest(dues: readonly Due[]): Due | undefined {
  return dues.reduce<Due | undefined>((first, due) => (first === undefined || due.at < first.at ? due : first), undefined);
}

function duesOf(world: World, whose: Where = {}): Due[] {
  const { store } = world;
  return [
    ...store.all<Subscription>('subscription', { ...whose, status: RUNNING }).flatMap((one) => subscriptionDues(world, one)),
    ...store.all<Invoice>('invoice', { ...whose, status: ['draft', 'open'] }).flatMap(invoiceDues),
    ...store.all<CheckoutSession>('checkout.session', { ...whose, status: 'open' }).map(sessionDue),
  ];
}

const RUNNING = ['incomplete', 'trialing', 'active', 'past_due', 'paused', 'unpaid'] as const;

/** An end that falls on a renewal comes first. */
function subscriptionDues(world: World, subscription: Subscription): Due[] {
  const { customer, pause_collection } = subscription;
  if (subscription.status === 'incomplete') {
    return [{ at: subscription.created + FIRST_PAYMENT_SECONDS, customer, run: (then) => expire(then, subscription) }];
  }
  const moments: [at: number | null | undefined, run: Due['run']][] = [
    [subscription.cancel_at, (then) => void endSubscription(then, subscription, 'cancellation_requested')],
    [trialReminderDue(subscription), (then) => remindOfTrialEnd(then, subscription.id)],
    [upcomingDue(world, subscription), (then) => tellOfRenewal(then, subscription)],
    [resumptionDue(subscription), (then) => giveUpResumption(then, subscription)],
    [periodDue(subscription), (then) => passPeriod(then, subscription)],
    [pause_collection?.resumes_at, (then) => resumeCollection(then, subscription)],
  ];
  return moments.flatMap(([at, run]) => (at == null ? [] : [{ at, customer, run }]));
}

function periodDue(subscription: Subscription): number | undefined {
  return subscription.status === 'paused' ? undefined : currentPeriod(subscription).end;
}

/** A trial is a period, too. */
function passPeriod(world: World, subscription: Subscription): void {
  if (subscription.status === 'trialing') endTrial(world, subscription);
  else renew(world, subscription);
}

function resumeCollection(world: World, subscription: Subscription): void {
  change<Subscription>(world, 'customer.subscription.updated', { ...subscription, pause_collection: null });
}

/** The first payment never came: the subscription never began, and its invoice is void. */
function expire(world: World, subscription: Subscription): void {
  change<Subscription>(world, 'customer.subscription.updated', {
    ...subscription,
    ended_at: world.now(),
    status: 'incomplete_expired',
  });
  const invoice = existing<Invoice>(world, 'invoice', subscription.latest_invoice ?? '');
  if (invoice.status === 'open') voidInvoice(world, invoice);
}

/** A draft waits for its finalization, an open invoice for its next try. */
function invoiceDues(invoice: Invoice): Due[] {
  const overdue = overdueAt(invoice);
  if (overdue !== undefined) return [{ at: overdue, customer: invoice.customer, run: (world) => markOverdue(world, invoice) }];
  const at = invoice.status === 'draft' ? invoice.automatically_finalizes_at : invoice.next_payment_attempt;
  if (at === null || invoice.auto_advance !== true) return [];
  return [{ at, customer: invoice.customer, run: (world) => void advanceInvoice(world, invoice) }];
}

function sessionDue(session: CheckoutSession): Due {
  const { customer, expires_at: at } = session;
  return { at, customer, run: (world) => void expireCheckoutSession(world, session.id) };
}
