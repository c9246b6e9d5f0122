/** The control group: against a devchat that is wrong in one way, the story that is about it must fail. */
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import type { CachedSubscription } from '../../../core/billing/subscription-view.ts';
import type { Cache, ReceivedEvent } from '../../../core/cache/cache.ts';
import { overlaid } from '../../support/overlaid.ts';
import { openShop, type Shop } from '../../support/shop.ts';
import { cancelsOnce, notPaidInBetween, openSilentShop, ORDERS, staysFlagged } from './told-by-hand.ts';

type Wrong = (cache: Cache) => Partial<Cache>;

interface Variant {
  wrong: Wrong;
  open: typeof openShop;
  story(shop: Shop): Promise<void>;
  /** What the story says. */
  says: RegExp;
}

const VARIANTS: Record<string, Variant> = {
  'cancels at every delivery of payment_failed': {
    wrong: cancelling(({ type }) => type === 'invoice.payment_failed'),
    open: openSilentShop,
    story: (shop) => cancelsOnce(shop, 1),
    says: /the next session is cancelled once, the later one stays/,
  },
  'cancels for past_due as well': {
    wrong: cancelling(({ type, data }) => type === 'customer.subscription.updated' && (data.object as Stripe.Subscription).status === 'past_due'),
    open: openSilentShop,
    story: (shop) => cancelsOnce(shop, 2),
    says: /the next session is cancelled once, the later one stays/,
  },
  'clears the flag at any update of the subscription': {
    wrong: flagCleared,
    open: openSilentShop,
    story: (shop) => staysFlagged(shop, ORDERS[0]),
    says: /both are told/,
  },
  'takes active for paid': {
    wrong: (cache) => ({ subscriptionOfCustomer: async (customer) => paidWhereActive(await cache.subscriptionOfCustomer(customer)) }),
    open: openShop,
    story: notPaidInBetween,
    says: /the trial is over/,
  },
};

/** Cancels the next session whenever such an event is delivered: no row says that it was done already. */
function cancelling(isReason: (event: Stripe.Event) => boolean): Wrong {
  return (cache) => ({
    recordEvent: async (received) => {
      const recorded = await cache.recordEvent(received);
      if (isReason(received.event)) await cancelNext(cache, received);
      return recorded;
    },
  });
}

async function cancelNext(cache: Cache, { event, receivedAt }: ReceivedEvent): Promise<void> {
  const { customer } = event.data.object as { customer: string };
  const next = (await cache.sessions({ customer })).find(({ state }) => state === 'booked');
  if (next) await cache.cancelSession(next.id, event.type, receivedAt).catch(() => undefined);
}

function flagCleared(cache: Cache): Partial<Cache> {
  let isCleared = false;
  return {
    recordEvent: (received) => {
      isCleared = received.event.type === 'customer.subscription.updated' || (isCleared && received.event.type !== 'invoice.payment_failed');
      return cache.recordEvent(received);
    },
    subscriptionOfCustomer: async (customer) => {
      const cached = await cache.subscriptionOfCustomer(customer);
      return cached && isCleared ? { ...cached, invoice: undefined } : cached;
    },
  };
}

function paidWhereActive(cached: CachedSubscription | undefined): CachedSubscription | undefined {
  if (cached?.subscription.status !== 'active') return cached;
  const { subscription } = cached;
  return { ...cached, invoice: undefined, subscription: { ...subscription, snapshot: { ...subscription.snapshot, trial_end: null } } };
}

test.for(Object.entries(VARIANTS))('%s', async ([, { wrong, open, story, says }]) => {
  const shop = await open({ through: (cache) => overlaid(cache, wrong) });
  await expect(story(shop)).rejects.toThrow(says);
  await shop.close();
});
