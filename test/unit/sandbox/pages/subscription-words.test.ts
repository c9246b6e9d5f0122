import { expect, test } from 'vitest';
import { cancelSubscription, scheduleCancellation, updateSubscription } from '../../../../sandbox/billing/subscriptions.ts';
import type { PortalVisit } from '../../../../sandbox/pages/portal/session.ts';
import { subscriptionView } from '../../../../sandbox/pages/portal/subscription-words.ts';
import { FAILING_CARD, GOOD_CARD, openBillingWorld, subscribe, subscriptionNow, type BillingWorld } from '../billing/billing-world.ts';

const TRIAL = { trial_period_days: 3 };

function shown(world: BillingWorld, id: string, canCancel = true) {
  const off = { enabled: false };
  const features = { subscription_cancel: { enabled: canCancel }, subscription_update: off, subscription_pause: off };
  const portal = { root: '/p/session/test_1', features } as PortalVisit;
  return subscriptionView(world, portal, subscriptionNow(world, id));
}

test('a trial renews when it ends', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world, TRIAL);
  expect(shown(world, id)).toEqual({
    id,
    product: 'Pair Coding',
    price: '$60.00 per month',
    badge: { label: 'Trial ends Jan 18, 2026', tone: 'good' },
    state: 'Your plan renews on January 18, 2026.',
    problem: null,
    updateUrl: null,
    pauseUrl: null,
    resumeUrl: null,
    cancelUrl: `/p/session/test_1/subscriptions/${id}/cancel`,
    keepUrl: null,
  });
});

test('a paid month renews after a month', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  expect(shown(world, id)).toMatchObject({ badge: { label: 'Active' }, state: 'Your plan renews on February 15, 2026.' });
});

test('a configuration without cancellation offers none', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world);
  expect(shown(world, id, false)).toMatchObject({ cancelUrl: null, keepUrl: null });
});

test('a declined payment says how much and where to pay', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world, TRIAL, FAILING_CARD);
  world.store.transaction(() => updateSubscription(world, id, { trial_end: 'now' }));
  expect(shown(world, id)).toMatchObject({
    badge: { label: 'Past due', tone: 'bad' },
    problem: { text: 'Your last payment of $60.00 failed.', link: { label: 'Pay now', href: expect.stringContaining('/i/in_') as string } },
  });
});

test('a scheduled end can be taken back, a real one cannot', () => {
  const world = openBillingWorld();
  const { id } = subscribe(world, TRIAL, GOOD_CARD);
  scheduleCancellation(world, id);
  expect(shown(world, id)).toMatchObject({
    badge: { label: 'Cancels Jan 18, 2026', tone: 'warning' },
    state: 'Your plan will be canceled on January 18, 2026.',
    cancelUrl: null,
    keepUrl: `/p/session/test_1/subscriptions/${id}/keep`,
  });
  cancelSubscription(world, id);
  expect(shown(world, id)).toMatchObject({
    badge: { label: 'Canceled', tone: 'quiet' },
    state: 'Your plan ended on January 15, 2026.',
    cancelUrl: null,
    keepUrl: null,
  });
});
