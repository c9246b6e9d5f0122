/** Ada's renewal was declined; an event before it came late, and one could not be read. */
import { CUSTOMER, DAY, event, invoice, START, subscription } from '../../support/stripe-objects.ts';
import type { Home } from './house.ts';

export const ADA = 'ada@example.com';
export const LATER = START + DAY;
/** Where its times are those of the page. */
export const KEPT = { DEVCHAT_TIME_ZONE: 'Europe/Berlin' };

const RECEIVED = (START + 60) * 1000;

export const STORY = [
  event('customer.subscription.created', subscription(), { id: 'evt_created' }),
  event('customer.subscription.updated', subscription({ status: 'past_due' }), { id: 'evt_past_due', created: LATER, previous: { status: 'active' } }),
  event('invoice.payment_failed', invoice({ next_payment_attempt: LATER + 3 * DAY }), { id: 'evt_failed', created: LATER }),
  event('customer.subscription.updated', subscription({ metadata: { late: 'yes' } }), { id: 'evt_late', created: START + 10, previous: { metadata: {} } }),
  event('billing_portal.configuration.updated', { id: 'bpc_1', object: 'billing_portal.configuration' }, { id: 'evt_portal', created: LATER }),
];

export async function openAdas(home: Home, story = STORY): Promise<void> {
  await home.withCache(async (cache) => {
    const user = await cache.createUser({ id: 'user_1', email: ADA, passwordHash: null, createdAt: RECEIVED });
    await cache.linkCustomer(user, CUSTOMER);
    for (const [index, each] of story.entries()) await cache.recordEvent({ event: each, payload: JSON.stringify(each), source: 'webhook', receivedAt: RECEIVED + index * 60_000 });
  });
}
