/** /v1/subscriptions */
import type { Subscription } from '../billing/shapes.ts';
import { FEEDBACKS } from '../billing/subscription-end.ts';
import { CANCEL_AT_WORDS } from '../billing/subscription-schedule.ts';
import { MISSING_PAYMENT_METHOD, PAYMENT_BEHAVIORS } from '../billing/new-subscription.ts';
import { createSubscription } from '../billing/subscription-start.ts';
import { invoicePendingItems } from '../billing/subscription-final-billing.ts';
import { requestPause } from '../billing/subscription-pause.ts';
import { resumeSubscription } from '../billing/subscription-resume.ts';
import { cancelSubscription, updateSubscription } from '../billing/subscriptions.ts';
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
  end_behavior: required(hash({ billing_cycle_anchor: choice(['now']), missing_payment_method: required(choice(MISSING_PAYMENT_METHOD)) })),
});
export const trialPeriodDays = integer({ min: 1, max: TRIAL_DAYS_MAX });

export const PRORATION_BEHAVIORS = ['always_invoice', 'create_prorations', 'none'] as const;
export const COLLECTION_METHODS = ['charge_automatically', 'send_invoice'] as const;

const commonSpec = {
  cancel_at: either(choice(CANCEL_AT_WORDS), timestamp()),
  cancel_at_period_end: boolean(),
  collection_method: choice(COLLECTION_METHODS),
  days_until_due: integer({ min: 0 }),
  default_payment_method: string(),
  description: string({ max: 500 }),
  metadata: metadata(),
  off_session: boolean(),
  payment_behavior: choice(PAYMENT_BEHAVIORS),
  payment_settings: hash({ save_default_payment_method: choice(['off', 'on_subscription']) }),
  proration_behavior: choice(PRORATION_BEHAVIORS),
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

/** Also what a preview takes. */
export const itemChangesSpec = list(
  hash({ deleted: boolean(), id: string(), metadata: metadata(), price: string(), quantity: integer({ min: 0 }) }),
  { max: 20 },
);

const updateSpec = {
  ...commonSpec,
  cancellation_details: hash(goodbyeSpec),
  items: itemChangesSpec,
  pause_collection: hash({
    behavior: required(choice(['keep_as_draft', 'mark_uncollectible', 'void'])),
    resumes_at: timestamp(),
  }),
  proration_date: timestamp(),
};

/** Metered usage does not exist here, so `outstanding_usage_through` has nothing to bill. */
const pauseSpec = {
  bill_for: hash({
    outstanding_usage_through: hash({ type: required(choice(['none', 'now'])) }),
    unused_time_from: hash({ type: required(choice(['item_current_period_start', 'none', 'now'])) }),
  }),
  invoicing_behavior: choice(['invoice', 'pending_invoice_item']),
  type: choice(['subscription']),
};

const resumeSpec = {
  billing_cycle_anchor: hash({ type: required(choice(['now', 'unchanged'])) }),
  payment_behavior: choice(['resume_on_payment_attempt', 'resume_on_payment_success']),
  proration_behavior: choice(PRORATION_BEHAVIORS),
  proration_date: timestamp(),
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
    { customer: string(), status: choice([...STATUSES, 'all', 'ended']), collection_method: string() },
    ({ customer, status, collection_method }) => ({
      ...(customer == null ? {} : { customer }),
      ...(collection_method == null ? {} : { collection_method }),
      status: statusesOf(status),
    }),
  ),
];
