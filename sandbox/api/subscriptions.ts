/** /v1/subscriptions */
import type { Subscription } from '../billing/shapes.ts';
import { createSubscription } from '../billing/subscription-start.ts';
import { invoicePendingItems } from '../billing/subscription-final-billing.ts';
import { requestPause } from '../billing/subscription-pause.ts';
import { resumeSubscription } from '../billing/subscription-resume.ts';
import { cancelSubscription, updateSubscription } from '../billing/subscriptions.ts';
import { existing } from '../wire/existing.ts';
import { choice, string } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';
import { cancelSpec, createSpec, pauseSpec, resumeSpec, updateSpec } from './subscription-params.ts';

const STATUSES = [
  'active',
  'canceled',
  'incomplete',
  'incomplete_expired',
  'past_due',
  'paused',
  'trialing',
  'unpaid',
] as const;

/** The statuses that a filter's word stands for; without a word everything but the canceled. */
function statusesOf(word: string | null | undefined): readonly string[] {
  if (word === 'all') return STATUSES;
  if (word === 'ended') return ['canceled', 'incomplete_expired'];
  return word == null ? STATUSES.filter((status) => status !== 'canceled') : [word];
}

export const subscriptionRoutes = [
  route('POST', '/v1/subscriptions', createSpec, (world, { params }) => createSubscription(world, params)),
  route('GET', '/v1/subscriptions/:id', {}, (world, { path }) => existing<Subscription>(world, 'subscription', path.id)),
  route('POST', '/v1/subscriptions/:id', updateSpec, (world, { path, params }) => {
    return updateSubscription(world, path.id, params);
  }),
  route('DELETE', '/v1/subscriptions/:id', cancelSpec, (world, { path, params }) => {
    return cancelSubscription(world, path.id, params.cancellation_details ?? {}, params);
  }),
  route('POST', '/v1/subscriptions/:id/pause', pauseSpec, (world, { path, params }) => {
    const subscription = existing<Subscription>(world, 'subscription', path.id);
    const { paused, credits } = requestPause(world, subscription, params.bill_for?.unused_time_from?.type ?? 'now');
    return params.invoicing_behavior === 'invoice' ? invoicePendingItems(world, paused, credits) : paused;
  }),
  route('POST', '/v1/subscriptions/:id/resume', resumeSpec, (world, { path, params }) => resumeSubscription(world, path.id, params)),
  listRoute(
    '/v1/subscriptions',
    'subscription',
    { customer: string(), status: choice([...STATUSES, 'all', 'ended']), collection_method: string(), test_clock: string() },
    ({ customer, status, collection_method, test_clock }) => ({
      ...(customer == null ? { test_clock: test_clock ?? null } : { customer, ...(test_clock == null ? {} : { test_clock }) }),
      ...(collection_method == null ? {} : { collection_method }),
      status: statusesOf(status),
    }),
  ),
];
