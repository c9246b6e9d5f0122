/** Puts notices for the owner into words and data. Pure. */
import type { Failure } from '../billing/failure.ts';
import type { Terms } from '../billing/policy.ts';
import { failedPaymentOf, failureSentence } from '../billing/standing.ts';
import type { InvoiceState, SubscriptionState } from '../billing/state.ts';
import { cancellationOf, farewell } from '../billing/subscription-view.ts';
import type { Standing } from '../billing/views.ts';
import { day, dayAndTime, isoTime, money } from '../billing/words.ts';
import type { Session } from '../sessions/session.ts';
import type { Notice, NoticeData } from './notice.ts';

/** An end that is older than Stripe keeps its events is history, and no news: https://docs.stripe.com/api/events */
const NEWS_MILLISECONDS = 30 * 24 * 60 * 60 * 1000;

interface About {
  subscription: SubscriptionState;
  email: string | null;
}

interface AboutPayment extends About {
  invoice: InvoiceState;
  failure: Failure;
  standing: Standing;
  /** The session that is cancelled for it; undefined where none is. */
  session: Session | undefined;
}

/** A payment failed; it says more until it is sent, so that it carries why. */
export function failedNotice({ invoice, failure, standing, session, ...about }: AboutPayment, terms: Terms): Notice {
  const payment = failedPaymentOf(invoice);
  const sentence = failureSentence(invoice, terms);
  const reason = standing.reason.startsWith(sentence) ? standing.reason : sentence;
  const then = session ? `The session of ${dayAndTime(session.startsAt, terms)} is cancelled.` : withoutSession(failure, standing, terms);
  return {
    type: 'payment.failed',
    subject: invoice.id,
    at: failure.failedAt * 1000,
    complete: invoice.failureCode !== null,
    data: {
      ...dataOf(about, standing, `${reason}. ${then}`),
      payment: payment && { invoice: payment.invoice, amount: payment.amount, reason: payment.reason, card: payment.card, nextAttempt: payment.nextAttempt },
      session: sessionOf(session),
    },
  };
}

function withoutSession({ actedAt }: Failure, { graceUntil }: Standing, terms: Terms): string {
  if (graceUntil !== undefined) return `Sessions stay booked until ${day(Date.parse(graceUntil) / 1000, terms)}.`;
  return actedAt === null ? 'Sessions stay booked.' : 'No session was booked.';
}

/** A session was cancelled later than its failure was told: as grace ended. */
export function cancelledNotice({ session, ...about }: AboutPayment & { session: Session }, terms: Terms): Notice {
  const { data } = failedNotice({ ...about, session }, terms);
  const text = `${about.email ?? about.subscription.customer}: ${session.reason}. The session of ${dayAndTime(session.startsAt, terms)} is cancelled.`;
  return { type: 'session.cancelled', subject: about.invoice.id, at: terms.now, complete: true, data: { ...data, text } };
}

/** The money came after all. */
export function recoveredNotice({ invoice, failure, standing, session, ...about }: AboutPayment, terms: Terms): Notice {
  const amount = { amount: failure.amount, currency: invoice.currency };
  const then = session ? ` The session of ${dayAndTime(session.startsAt, terms)} ${afterRecovery(session, standing)}` : '';
  const text = `the payment of ${day(failure.failedAt, terms)} over ${money(amount)} came after all.${then}`;
  return {
    type: 'payment.recovered',
    subject: invoice.id,
    at: invoice.asOf * 1000,
    complete: true,
    data: {
      ...dataOf(about, standing, text),
      payment: { invoice: invoice.id, amount, reason: null, card: null, nextAttempt: null },
      session: sessionOf(session),
    },
  };
}

/** Restoring is refused while the verdict is not "on", as where another payment is missing. */
function afterRecovery({ id }: Session, { verdict, reason }: Standing): string {
  return verdict === 'on' ? `can take place again: devchat sessions restore ${id}` : `stays cancelled for now: ${reason}.`;
}

/** A subscription ended: one notice, or none where that is history. */
export function endedNotices({ standing, cancelled, ...about }: About & { standing: Standing; cancelled: readonly Session[] }, terms: Terms): Notice[] {
  const { snapshot, id } = about.subscription;
  const at = (snapshot.ended_at ?? snapshot.created) * 1000;
  if (terms.now - at > NEWS_MILLISECONDS) return [];
  const cancellation = cancellationOf(snapshot);
  const said = farewell(cancellation);
  const then = cancelled.map(({ startsAt }) => ` The session of ${dayAndTime(startsAt, terms)} is cancelled.`).join('');
  const data = { ...dataOf(about, standing, `${endWords(about.subscription, standing)}${said ? ` (${said})` : ''}.${then}`), session: sessionOf(cancelled[0]), cancellation };
  return [{ type: 'subscription.ended', subject: id, at, complete: true, data }];
}

/** "the subscription ended on 23 Nov 2026", or that it never began. */
export function endWords({ status }: SubscriptionState, { reason }: Standing): string {
  return status === 'canceled' ? `the subscription ${reason}` : reason;
}

function dataOf({ subscription, email }: About, standing: Standing, text: string): NoticeData {
  const { id, customer, status } = subscription;
  return { text: `${email ?? customer}: ${text}`, customer, email, subscription: id, status, standing, payment: null, session: null, cancellation: null };
}

function sessionOf(session: Session | undefined): NoticeData['session'] {
  return session ? { id: session.id, startsAt: isoTime(session.startsAt), state: 'cancelled' } : null;
}
