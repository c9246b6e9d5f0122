/**
 * What follows from the cached state of a subscription, beyond that state: sessions cancelled, and notices for the owner.
 * Decided from the state as it is, not from the event that came: what is repeated, late or out of order changes nothing. Rules: docs/sessions.md.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Notice } from '../notices/notice.ts';
import { cancelledNotice, endedNotices, endWords, failedNotice, recoveredNotice } from '../notices/compose.ts';
import { isAhead, type Session } from '../sessions/session.ts';
import type { Failure } from './failure.ts';
import type { Terms } from './policy.ts';
import { failureSentence, standingOf } from './standing.ts';
import { isTerminal, type InvoiceState, type SubscriptionState } from './state.ts';
import type { Standing } from './views.ts';
import { day, money } from './words.ts';

/** Everything that the consequences are decided from. */
export interface Situation {
  subscription: SubscriptionState;
  email: string | null;
  /** Its invoices whose payment is missing after a failure, or for which a failure is open; the oldest first. */
  invoices: ReadonlyArray<{ invoice: InvoiceState; failure: Failure | undefined }>;
  /** The customer's sessions that have not begun, by their start. */
  sessions: readonly Session[];
  /** Whether the customer's sessions hang on it, as the verdict on the next one does: of their subscriptions that go on no other is newer. */
  isDecisive: boolean;
}

/** Rows to write in one transaction with the state that they follow from. */
export interface Consequences {
  failures: Failure[];
  sessions: Session[];
  notices: Notice[];
}

/** What follows from a situation; nothing where all of it has followed already. Pure. */
export function consequencesOf(situation: Situation, terms: Terms): Consequences {
  const failed = situation.invoices.reduce<Consequences>((all, each) => joined(all, ofInvoice(each, after(situation, all), terms)), NOTHING);
  return isTerminal(situation.subscription.status) ? joined(failed, ofEnd(after(situation, failed), terms)) : failed;
}

const OWING: readonly string[] = ['past_due', 'unpaid', 'incomplete'];

const NOTHING: Consequences = { failures: [], sessions: [], notices: [] };

function joined(all: Consequences, more: Consequences): Consequences {
  return { failures: [...all.failures, ...more.failures], sessions: [...all.sessions, ...more.sessions], notices: [...all.notices, ...more.notices] };
}

/** The situation as what has followed so far leaves it: two failed invoices cancel two sessions, not one twice. */
function after(situation: Situation, { sessions }: Consequences): Situation {
  const changed = new Map(sessions.map((session) => [session.id, session]));
  return { ...situation, sessions: situation.sessions.map((session) => changed.get(session.id) ?? session) };
}

function ofInvoice({ invoice, failure }: Situation['invoices'][number], situation: Situation, terms: Terms): Consequences {
  if (invoice.failedAt !== null) return ofMissing(invoice, failure, situation, terms);
  return failure ? ofSettled(invoice, failure, situation, terms) : NOTHING;
}

/** A failure that is first heard of after the end is part of the end, which cancels and tells all. */
function ofMissing(invoice: InvoiceState, known: Failure | undefined, situation: Situation, terms: Terms): Consequences {
  if (!known && isTerminal(situation.subscription.status)) return NOTHING;
  const failure = { ...(known ?? opened(invoice)), failedAt: invoice.firstFailedAt ?? invoice.created };
  const standing = presentStanding(situation, invoice, terms);
  const isDue = failure.actedAt === null && standing.verdict !== 'on' && (situation.isDecisive || isTerminal(situation.subscription.status));
  const isLate = isDue && known !== undefined; // grace has ended: the failure itself was told before
  const session = isDue ? nextBooked(situation, terms.now) : cancelledFor(failure, situation);
  const acted = isDue ? { ...failure, actedAt: terms.now, session: session?.id ?? null } : failure;
  const cancelled = session && { ...session, state: 'cancelled' as const, reason: cancelReason({ session, failure, invoice, isLate }, terms), invoice: invoice.id };
  const about = { ...situation, invoice, failure: acted, standing, session: cancelled };
  return {
    failures: isDeepStrictEqual(acted, known) ? [] : [acted],
    sessions: cancelled ? [cancelled] : [],
    notices: isLate && cancelled ? [failedNotice(about, terms), cancelledNotice({ ...about, session: cancelled }, terms)] : [failedNotice(about, terms)],
  };
}

function opened({ id, subscription, created, amountDue }: InvoiceState): Failure {
  return { invoice: id, subscription, failedAt: created, amount: amountDue, actedAt: null, session: null, closedAt: null };
}

function nextBooked({ sessions, subscription }: Situation, now: number): Session | undefined {
  return isTerminal(subscription.status) ? undefined : sessions.find((session) => session.state === 'booked' && isAhead(session, now));
}

function cancelledFor(failure: Failure, { sessions }: Situation): Session | undefined {
  return sessions.find(({ id, state, invoice }) => id === failure.session && state === 'cancelled' && invoice === failure.invoice);
}

/** Tells of the first failure, with why as soon as Stripe has said why; what a later try failed for is another story. */
function cancelReason({ session, failure, invoice, isLate }: { session: Session; failure: Failure; invoice: InvoiceState; isLate: boolean }, terms: Terms): string {
  const first = { ...invoice, failedAt: failure.failedAt, firstFailedAt: failure.failedAt, amountDue: failure.amount, nextAttempt: null };
  if (isLate) return `${failureSentence(first, terms)}, and has not come since`;
  const isToSay = session.state === 'booked' || session.reason === failureSentence({ ...first, failureCode: null }, terms);
  return isToSay ? failureSentence(first, terms) : session.reason;
}

/** What was written off can still be paid: only paid and void close the matter. */
function ofSettled(invoice: InvoiceState, failure: Failure, situation: Situation, terms: Terms): Consequences {
  if (invoice.status !== 'paid' && invoice.status !== 'void') return NOTHING;
  const failures = [{ ...failure, closedAt: terms.now }];
  if (invoice.status === 'void') return { ...NOTHING, failures };
  const session = hasLeft(situation) ? undefined : cancelledFor(failure, situation);
  const amount = { amount: failure.amount, currency: invoice.currency };
  const reason = `the payment of ${day(failure.failedAt, terms)} over ${money(amount)} failed, and came on ${day(invoice.asOf, terms)}`;
  const payable = session && { ...session, reason, paidAt: terms.now };
  const standing = presentStanding(situation, invoice, terms);
  return { failures, sessions: payable ? [payable] : [], notices: [recoveredNotice({ ...situation, invoice, failure, standing, session: payable }, terms)] };
}

/** The verdict of the subscription: of its missing payments the oldest counts; where none is missing, it is as good as active. */
function presentStanding({ subscription, invoices }: Situation, present: InvoiceState, terms: Terms): Standing {
  const oldest = invoices.find(({ invoice }) => invoice.failedAt !== null)?.invoice;
  return oldest ? standingOf(subscription, oldest, terms) : standingOf(paidUp(subscription), present, terms);
}

/** Stripe tells that the money came before it says that the subscription is active again. */
function paidUp(subscription: SubscriptionState): SubscriptionState {
  return OWING.includes(subscription.status) ? { ...subscription, status: 'active' } : subscription;
}

/** Whoever has come back under another subscription keeps their sessions. */
function hasLeft({ subscription, isDecisive }: Situation): boolean {
  return isDecisive && isTerminal(subscription.status);
}

/** Sessions to come are cancelled, and none waits for its owner to restore it; those of an earlier drawing are told of again. */
function ofEnd(situation: Situation, terms: Terms): Consequences {
  const standing = standingOf(situation.subscription, undefined, terms);
  const reason = endWords(situation.subscription, standing);
  const lost = situation.sessions.filter((session) => session.state === 'booked' || session.paidAt !== null || session.reason === reason);
  const ahead = lost.filter((session) => hasLeft(situation) && isAhead(session, terms.now));
  const cancelled = ahead.map((session) => ({ ...session, state: 'cancelled' as const, reason, invoice: null, paidAt: null }));
  return { failures: [], sessions: cancelled, notices: endedNotices({ ...situation, standing, cancelled }, terms) };
}
