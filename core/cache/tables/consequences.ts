/** Draws what follows from a subscription's state: reads the situation, decides, and writes, in the caller's transaction. */
import { consequencesOf, type Situation } from '../../billing/consequences.ts';
import type { Failure } from '../../billing/failure.ts';
import { graceSecondsOf, type Terms } from '../../billing/policy.ts';
import { isTerminal } from '../../billing/state.ts';
import { change, row, rows, values, type Work } from '../statement.ts';
import * as outbox from './outbox.ts';
import { failureFrom, failureParameters, invoiceFrom, subscriptionColumns, subscriptionFrom, type FailureRow, type InvoiceRow, type SubscriptionRow } from './rows.ts';
import * as sessions from './sessions.ts';
import { DECISIVE_FIRST, ENDED } from './subscriptions.ts';

const SQL = {
  subscription: row<SubscriptionRow & { email: string | null }>(`
    SELECT ${subscriptionColumns()}, users.email FROM subscriptions LEFT JOIN users USING (customer) WHERE subscriptions.id = ? AND (
      status IN ${ENDED}
      OR EXISTS (SELECT 1 FROM invoices WHERE invoices.subscription = subscriptions.id AND failed_at IS NOT NULL)
      OR EXISTS (SELECT 1 FROM failures WHERE failures.subscription = subscriptions.id AND closed_at IS NULL))`),
  invoices: rows<InvoiceRow>(`
    SELECT * FROM invoices WHERE subscription = ? AND failed_at IS NOT NULL
    UNION SELECT invoices.* FROM failures JOIN invoices ON invoices.id = failures.invoice WHERE failures.subscription = ? AND closed_at IS NULL
    ORDER BY created, id`),
  decisive: row<Pick<SubscriptionRow, 'id' | 'status'>>(`SELECT id, status FROM subscriptions WHERE customer = ? ${DECISIVE_FIRST} LIMIT 1`),
  failure: row<FailureRow>(`SELECT * FROM failures WHERE invoice = ?`),
  waiting: values<string>(`SELECT subscription FROM failures WHERE acted_at IS NULL AND closed_at IS NULL AND failed_at <= ?`),
  save: change(`
    INSERT INTO failures (invoice, subscription, failed_at, amount, acted_at, session, closed_at)
    VALUES (:invoice, :subscription, :failed_at, :amount, :acted_at, :session, :closed_at)
    ON CONFLICT (invoice) DO UPDATE SET failed_at = excluded.failed_at, amount = excluded.amount, acted_at = excluded.acted_at, session = excluded.session, closed_at = excluded.closed_at`),
};

/** An invoice can be heard of before its subscription: then nothing follows yet. Quietly, notices are written down and not sent, unless a session is changed. */
export function* draw(subscription: string, terms: Terms, { quietly = false } = {}): Work<void> {
  const situation = yield* situationOf(subscription, terms.now);
  if (!situation) return;
  const following = consequencesOf(situation, terms);
  for (const failure of following.failures) yield* SQL.save(failureParameters(failure));
  for (const session of following.sessions) yield* sessions.save(session, terms.now);
  const isQuiet = quietly && following.sessions.length === 0;
  for (const notice of following.notices) yield* outbox.add(notice, { isQuiet });
}

/** The subscriptions with a failure whose grace has ended; where a failed payment leaves sessions as they are, time changes nothing. */
export function* due(terms: Terms): Work<string[]> {
  const { past_due: consequence } = terms.policy;
  if (consequence === 'on') return [];
  const waiting = new Set(yield* SQL.waiting(Math.floor(terms.now / 1000) - graceSecondsOf(consequence)));
  const found: string[] = [];
  for (const subscription of waiting) {
    const situation = yield* situationOf(subscription, terms.now);
    if (situation && consequencesOf(situation, terms).failures.length > 0) found.push(subscription);
  }
  return found;
}

/** Undefined where nothing can follow: nothing is missing, and it has not ended. */
function* situationOf(id: string, now: number): Work<Situation | undefined> {
  const found = yield* SQL.subscription(id);
  if (!found) return undefined;
  const subscription = subscriptionFrom(found);
  const invoices: Situation['invoices'][number][] = [];
  for (const each of yield* SQL.invoices(id, id)) invoices.push({ invoice: invoiceFrom(each), failure: yield* failureOf(each.id) });
  const decisive = yield* SQL.decisive(subscription.customer);
  const isDecisive = decisive === undefined || decisive.id === id || isTerminal(decisive.status);
  return { subscription, email: found.email, invoices, sessions: yield* sessions.ahead(subscription.customer, now), isDecisive };
}

function* failureOf(invoice: string): Work<Failure | undefined> {
  const found = yield* SQL.failure(invoice);
  return found && failureFrom(found);
}
