/** Sessions of the customer of the stories, and what became of them. */
import type { Cache } from '../../core/cache/cache.ts';
import type { Session } from '../../core/sessions/session.ts';
import { tell } from './caches.ts';
import { CUSTOMER, DAY, event, invoice, START, subscription, type EventFields } from './stripe-objects.ts';

export const UPDATED = 'customer.subscription.updated';

/** Days after START, one in each of the first three billing periods. */
export const SESSION_DAYS = [5, 35, 65] as const;

/** A subscription that is told of, and three booked sessions. */
export async function withSessions(cache: Cache, days: readonly number[] = SESSION_DAYS): Promise<Session[]> {
  await tell(cache, event(UPDATED, subscription()));
  const sessions: Session[] = [];
  for (const at of days) sessions.push(await cache.bookSession({ customer: CUSTOMER, startsAt: START + at * DAY }, START * 1000));
  return sessions;
}

/** An invoice's payment failed at `created`; `invoice` names another than the first. */
export function failed({ invoice: id, type = 'invoice.payment_failed', ...fields }: EventFields & { invoice?: string; type?: string } = {}) {
  return event(type, invoice({ ...(id ? { id } : {}), attempted: true }), fields);
}

export function paid({ invoice: id, ...fields }: EventFields & { invoice?: string } = {}) {
  return event('invoice.paid', invoice({ ...(id ? { id } : {}), status: 'paid', attempted: true }), fields);
}

/** "booked", "cancelled" or "payable", by their start. */
export async function states(cache: Cache): Promise<string[]> {
  return (await cache.sessions()).map(stateOf);
}

export function stateOf({ state, paidAt }: Pick<Session, 'state' | 'paidAt'>): string {
  return paidAt === null ? state : 'payable';
}

/** The notices that wait for a target, with all that they say; none of them is due again. */
export async function notices(cache: Cache): Promise<Array<{ type: string; timestamp: string; data: { text: string } & Record<string, unknown> }>> {
  const claimed = await cache.claimNotices(['command'], Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER);
  return claimed.map(({ body }) => JSON.parse(body) as never);
}
