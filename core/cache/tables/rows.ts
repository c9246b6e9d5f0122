/**
 * How rows of the tables read as the cache's own types. What is listed by the thousand is written out name by name, without spread and getters:
 * those give V8 a hidden class for each object, which outlives it and holds on to all that it shows.
 */
import type Stripe from 'stripe';
import type { Card, Payer } from '../../billing/cards.ts';
import type { Failure } from '../../billing/failure.ts';
import type { InvoiceState, SubscriptionState } from '../../billing/state.ts';
import type { Session } from '../../sessions/session.ts';
import type { JournaledEvent, User } from '../cache.ts';

export interface SubscriptionRow {
  id: string;
  customer: string;
  status: string;
  as_of: number;
  version: number;
  /** The place in the journal of the event that shows it. */
  event: number | null;
  /** The text of that event, else of the snapshot; null where it was not read. */
  shown: string | null;
}

export interface InvoiceRow {
  id: string;
  subscription: string;
  status: string;
  created: number;
  as_of: number;
  amount_due: number;
  currency: string;
  next_attempt: number | null;
  failed_at: number | null;
  first_failed_at: number | null;
  failure_code: string | null;
  card: string | null;
}

export interface CardRow {
  id: string;
  customer: string | null;
  as_of: number;
  name: string;
  exp_month: number | null;
  exp_year: number | null;
}

export interface PayerRow {
  customer: string;
  as_of: number;
  payment_method: string | null;
}

export interface SessionRow {
  id: string;
  customer: string;
  email: string | null;
  starts_at: number;
  state: Session['state'];
  reason: string;
  invoice: string | null;
  paid_at: number | null;
}

export interface FailureRow {
  invoice: string;
  subscription: string;
  failed_at: number;
  amount: number;
  acted_at: number | null;
  session: string | null;
  closed_at: number | null;
}

export interface EventRow extends Omit<JournaledEvent, 'receivedAt'> {
  received_at: number;
}

export interface UserRow {
  id: string;
  email: string;
  password_hash: string | null;
  customer: string | null;
}

/** The columns of a `SubscriptionRow`; with `when`, its text is read only where that holds. */
export function subscriptionColumns(when = 'true'): string {
  return `subscriptions.id, subscriptions.customer, subscriptions.status, subscriptions.as_of, subscriptions.version, subscriptions.event,
    CASE WHEN ${when} THEN coalesce(snapshot, (SELECT payload FROM events WHERE events.sequence = subscriptions.event)) END AS shown`;
}

/** What it shows is parsed at once. */
export function wholeSubscriptionFrom(row: SubscriptionRow): SubscriptionState {
  const { event, snapshot } = shownIn(row);
  return { id: row.id, customer: row.customer, status: row.status, asOf: row.as_of, version: row.version, event, snapshot };
}

/** What it shows is parsed only where it is asked for: most events need not look at it. */
export function subscriptionFrom(row: SubscriptionRow): SubscriptionState {
  let shown: Shown | undefined;
  return {
    id: row.id,
    customer: row.customer,
    status: row.status,
    asOf: row.as_of,
    version: row.version,
    get event() {
      return (shown ??= shownIn(row)).event;
    },
    get snapshot() {
      return (shown ??= shownIn(row)).snapshot;
    },
  };
}

type Shown = Pick<SubscriptionState, 'event' | 'snapshot'>;

function shownIn({ id, event, shown }: SubscriptionRow): Shown {
  if (shown === null) throw new Error(`what is cached of ${id} was not read`);
  const found = event === null ? { event: null, snapshot: JSON.parse(shown) as Stripe.Subscription } : shownBy(JSON.parse(shown) as Stripe.Event);
  if (typeof found.snapshot === 'object') return found;
  throw new SyntaxError(`what is cached of ${id} does not show it`); // damaged, as what is no JSON
}

function shownBy({ type, data }: Partial<Stripe.Event> & Pick<Stripe.Event, 'type'>): Shown {
  return { event: { type, previous: (data?.previous_attributes ?? null) as Record<string, unknown> | null }, snapshot: data?.object as Stripe.Subscription };
}

export function invoiceFrom(row: InvoiceRow): InvoiceState {
  return {
    id: row.id,
    subscription: row.subscription,
    status: row.status,
    created: row.created,
    asOf: row.as_of,
    amountDue: row.amount_due,
    currency: row.currency,
    nextAttempt: row.next_attempt,
    failedAt: row.failed_at,
    firstFailedAt: row.first_failed_at,
    failureCode: row.failure_code,
    card: row.card,
  };
}

export function invoiceParameters(state: InvoiceState): InvoiceRow {
  return {
    id: state.id,
    subscription: state.subscription,
    status: state.status,
    created: state.created,
    as_of: state.asOf,
    amount_due: state.amountDue,
    currency: state.currency,
    next_attempt: state.nextAttempt,
    failed_at: state.failedAt,
    first_failed_at: state.firstFailedAt,
    failure_code: state.failureCode,
    card: state.card,
  };
}

export function cardFrom({ id, customer, as_of: asOf, name, exp_month: month, exp_year: year }: CardRow): Card {
  return { id, customer, asOf, name, expires: month !== null && year !== null ? { month, year } : null };
}

export function cardParameters({ asOf, expires, ...card }: Card): CardRow {
  return { ...card, as_of: asOf, exp_month: expires?.month ?? null, exp_year: expires?.year ?? null };
}

export function payerFrom({ customer, as_of: asOf, payment_method: paymentMethod }: PayerRow): Payer {
  return { customer, asOf, paymentMethod };
}

export function sessionFrom({ starts_at: startsAt, paid_at: paidAt, ...row }: SessionRow): Session {
  return { ...row, startsAt, paidAt };
}

export function failureFrom({ failed_at: failedAt, acted_at: actedAt, closed_at: closedAt, ...row }: FailureRow): Failure {
  return { ...row, failedAt, actedAt, closedAt };
}

export function failureParameters({ failedAt, actedAt, closedAt, ...failure }: Failure): FailureRow {
  return { ...failure, failed_at: failedAt, acted_at: actedAt, closed_at: closedAt };
}

export function eventFrom({ received_at, ...row }: EventRow): JournaledEvent {
  return { ...row, receivedAt: received_at };
}

export function userFrom(row: UserRow): User {
  return { id: row.id, email: row.email, passwordHash: row.password_hash, customer: row.customer };
}
