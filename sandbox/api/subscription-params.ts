/** What the calls about subscriptions take; what is not listed is refused by its name. */
import { MISSING_PAYMENT_METHOD, PAYMENT_BEHAVIORS } from '../billing/new-subscription.ts';
import { FEEDBACKS } from '../billing/subscription-end.ts';
import { CANCEL_AT_WORDS } from '../billing/subscription-schedule.ts';
import { boolean, choice, either, hash, integer, list, metadata, required, string, timestamp } from '../wire/params.ts';

const TRIAL_DAYS_MAX = 730;

const goodbyeSpec = { comment: string(), feedback: choice(FEEDBACKS) };

const trialSettingsSpec = hash({
  end_behavior: required(hash({ billing_cycle_anchor: choice(['now']), missing_payment_method: required(choice(MISSING_PAYMENT_METHOD)) })),
});
/** Also what Checkout takes for the subscription that it sells. */
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

export const createSpec = {
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

export const updateSpec = {
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
export const pauseSpec = {
  bill_for: hash({
    outstanding_usage_through: hash({ type: required(choice(['none', 'now'])) }),
    unused_time_from: hash({ type: required(choice(['item_current_period_start', 'none', 'now'])) }),
  }),
  invoicing_behavior: choice(['invoice', 'pending_invoice_item']),
  type: choice(['subscription']),
};

export const resumeSpec = {
  billing_cycle_anchor: hash({ type: required(choice(['now', 'unchanged'])) }),
  payment_behavior: choice(['resume_on_payment_attempt', 'resume_on_payment_success']),
  proration_behavior: choice(PRORATION_BEHAVIORS),
  proration_date: timestamp(),
};

export const cancelSpec = { cancellation_details: hash(goodbyeSpec), invoice_now: boolean(), prorate: boolean() };
