/** What falls due by the passing of time, and the order in which it happens. */
import { existing } from '../wire/existing.ts';
import type { DueMoment, DueObject, StripeObject, World } from '../world.ts';
import { endTrial, renew } from './billing-cycle.ts';
import { HOUR_SECONDS } from './calendar.ts';
import { change } from './change.ts';
import { expireCheckoutSession } from './checkout.ts';
import type { StoredSession } from './checkout-sessions.ts';
import { advanceInvoice } from './invoice-advance.ts';
import { markOverdue, overdueAt } from './invoice-sending.ts';
import { voidInvoice } from './invoices.ts';
import type { Invoice, Subscription } from './shapes.ts';
import { endSubscription } from './subscription-end.ts';
import { currentPeriod } from './subscription-items.ts';
import { pauseEndDue, resumptionDue } from './resumption.ts';
import { giveUpResumption, resumeSubscription } from './subscription-resume.ts';
import { deleteTestClock, type TestClock } from './test-clocks.ts';
import { remindOfTrialEnd, trialReminderDue } from './trial-reminder.ts';
import { remindOfRenewal, tellOfRenewal, upcomingDue } from './upcoming-invoice.ts';

const FIRST_PAYMENT_SECONDS = 23 * HOUR_SECONDS;

/** One thing that will happen to an object by itself. */
interface Due {
  at: number;
  what: string;
  run(world: World): void;
}

/** What happens first to a stored object, and on whose clock: the store keeps it beside the object. */
export function dueMoment(object: StripeObject): DueMoment | undefined {
  const due = firstDue(object);
  if (due === undefined) return undefined;
  const { test_clock, _test_clock } = object as { test_clock?: string | null; _test_clock?: string | null };
  return { at: due.at, testClock: test_clock ?? _test_clock ?? null };
}

/** When the next thing falls due in the sandbox's own time, in seconds; `undefined` when nothing ever will. May lie in the past. */
export function nextDue(world: World): number | undefined {
  return world.store.nextDue(null)?.at;
}

/**
 * Runs the one thing that falls due first, if it does so by `until`: in one transaction and at its own moment, which it
 * answers. Without `testClock` it is the sandbox's own time, which then never moves what belongs to a test clock.
 * Of several things at one moment the oldest object comes first: a subscription before its invoices.
 */
export function runNextDue(world: World, until: number, testClock: string | null = null): number | undefined {
  const next = world.store.nextDue(testClock);
  if (next === undefined || next.at > until) return undefined;
  const run = (): void => world.store.transaction(() => runDue(world, next));
  if (testClock === null) world.at(next.at, run);
  else world.inTestClock(next.at, run);
  return next.at;
}

function runDue(world: World, { kind, id }: DueObject): void {
  const due = firstDue(existing(world, kind, id));
  due?.run(world);
  const after = world.store.find(kind, id);
  const next = after && firstDue(after);
  if (due?.at === next?.at && due?.what === next?.what) throw new Error(`${due?.what} of ${id} changed nothing, so it would come again and again`);
}

/** Of several at one moment the first listed. */
function firstDue(object: StripeObject): Due | undefined {
  const dues = DUES[object.object]?.(object) ?? [];
  return dues.reduce<Due | undefined>((first, due) => (first === undefined || due.at < first.at ? due : first), undefined);
}

const DUES: Record<string, (object: StripeObject) => Due[]> = {
  subscription: (object) => subscriptionDues(object as Subscription),
  invoice: (object) => invoiceDues(object as Invoice),
  'checkout.session': (object) => sessionDues(object as StoredSession),
  'test_helpers.test_clock': (object) => testClockDues(object as TestClock),
};

const RUNNING: readonly Subscription['status'][] = ['trialing', 'active', 'past_due', 'unpaid', 'paused'];

/** An end that falls on a renewal comes first. */
function subscriptionDues(subscription: Subscription): Due[] {
  if (subscription.status === 'incomplete') {
    return [{ at: subscription.created + FIRST_PAYMENT_SECONDS, what: 'The expiry', run: (world) => expire(world, subscription) }];
  }
  if (!RUNNING.includes(subscription.status)) return [];
  const moments: [at: number | null | undefined, what: string, run: Due['run']][] = [
    [subscription.cancel_at, 'The end', (world) => void endSubscription(world, subscription, 'cancellation_requested')],
    [trialReminderDue(subscription), "The reminder of the trial's end", (world) => remindOfTrialEnd(world, subscription.id)],
    [upcomingDue(subscription), 'The news of a renewal', (world) => tellOfRenewal(world, subscription)],
    [pauseEndDue(subscription), 'The end of a pause', (world) => void resumeSubscription(world, subscription.id, { payment_behavior: 'resume_on_payment_success' })],
    [resumptionDue(subscription), 'The end of a resumption', (world) => giveUpResumption(world, subscription)],
    [periodDue(subscription), "The period's end", (world) => passPeriod(world, subscription)],
    [subscription.pause_collection?.resumes_at, 'The resumed collection', (world) => resumeCollection(world, subscription)],
  ];
  return moments.flatMap(([at, what, run]) => (at == null ? [] : [{ at, what, run }]));
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
  remindOfRenewal(world, subscription.id);
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

const UNSETTLED: readonly Invoice['status'][] = ['draft', 'open'];

/** A draft waits for its finalization, an open invoice for its next try. */
function invoiceDues(invoice: Invoice): Due[] {
  const overdue = overdueAt(invoice);
  if (overdue !== undefined) return [{ at: overdue, what: 'The due date', run: (world) => markOverdue(world, invoice) }];
  const at = invoice.status === 'draft' ? invoice.automatically_finalizes_at : invoice.next_payment_attempt;
  if (!UNSETTLED.includes(invoice.status) || at == null || invoice.auto_advance !== true) return [];
  return [{ at, what: 'The collection', run: (world) => void advanceInvoice(world, invoice) }];
}

function sessionDues(session: StoredSession): Due[] {
  if (session.status !== 'open') return [];
  return [{ at: session.expires_at, what: 'The expiry', run: (world) => void expireCheckoutSession(world, session.id) }];
}

function testClockDues(clock: TestClock): Due[] {
  return [{ at: clock.deletes_after, what: 'The deletion', run: (world) => void deleteTestClock(world, clock) }];
}
