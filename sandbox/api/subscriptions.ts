/** /v1/subscriptions */
import { resumeSubscription } from '../billing/billing-cycle.ts';
import type { Subscription } from '../billing/shapes.ts';
import { FEEDBACKS } from '../billing/subscription-end.ts';
import { CANCEL_AT_WORDS } from '../billing/subscription-schedule.ts';
import { MISSING_PAYMENT_METHOD, PAYMENT_BEHAVIORS } from '../billing/new-subscription.ts';
import { createSubscription } from '../billing/subscription-start.ts';
import { cancelSubscription, updateSubscription } from '../billing/subscriptions.ts';
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import {
  boolean,
  choice,
  either,
  hash,
  integer,
  list,
  metadata,
  required,
  string,
  timestamp,
} from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';

const TRIAL_DAYS_MAX = 730;

const goodbyeSpec = { comment: string(), feedback: choice(FEEDBACKS) };

/** Also what Checkout takes for the subscription that it sells. */
export const trialSettingsSpec = hash({
  end_behavior: required(hash({ missing_payment_method: required(choice(MISSING_PAYMENT_METHOD)) })),
});
export const trialPeriodDays = integer({ min: 1, max: TRIAL_DAYS_MAX });

const commonSpec = {
  cancel_at: either(choice(CANCEL_AT_WORDS), timestamp()),
  cancel_at_period_end: boolean(),
  collection_method: choice(['charge_automatically']),
  default_payment_method: string(),
  description: string({ max: 500 }),
  metadata: metadata(),
  off_session: boolean(),
  payment_behavior: choice(PAYMENT_BEHAVIORS),
  payment_settings: hash({ save_default_payment_method: choice(['off', 'on_subscription']) }),
  proration_behavior: choice(['always_invoice', 'create_prorations', 'none']),
  trial_end: either(choice(['now']), timestamp()),
  trial_settings: trialSettingsSpec,
};

const createSpec = {
  ...commonSpec,
  billing_mode: hash({ type: required(choice(['classic', 'flexible'])) }),
  customer: required(string()),
  items: required(list(hash({ metadata: metadata(), price: required(string()), quantity: integer({ min: 0 }) }), { max: 20 })),
  trial_period_days: trialPeriodDays,
};

const updateSpec = {
  ...commonSpec,
  cancellation_details: hash(goodbyeSpec),
  items: list(
    hash({ deleted: boolean(), id: string(), metadata: metadata(), price: string(), quantity: integer({ min: 0 }) }),
    { max: 20 },
  ),
  pause_collection: hash({
    behavior: required(choice(['keep_as_draft', 'mark_uncollectible', 'void'])),
    resumes_at: timestamp(),
  }),
};

const cancelSpec = { cancellation_details: hash(goodbyeSpec), invoice_now: boolean(), prorate: boolean() };

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
    if (params.invoice_now === true || params.prorate === true) {
      throw invalidRequest('The sandbox neither prorates nor invoices at a cancellation: leave invoice_now and prorate out.');
    }
    return cancelSubscription(world, path.id, params.cancellation_details ?? {});
  }),
  route('POST', '/v1/subscriptions/:id/resume', {}, (world, { path }) => {
    return resumeSubscription(world, existing<Subscription>(world, 'subscription', path.id));
  }),
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
