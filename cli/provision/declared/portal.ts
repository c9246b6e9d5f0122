/** What devchat.config.json may say about the Customer Portal: https://docs.stripe.com/api/customer_portal/configurations/update */
import { address, always, amount, choice, clearable, count, flag, list, may, must, object, tags, text } from './kinds.ts';

const HEADLINE_CHARACTERS = 60;
const MOST_PRODUCTS = 10;

const CUSTOMER_UPDATES = ['address', 'email', 'name', 'phone', 'shipping', 'tax_id'] as const;
const CANCELLATION_REASONS = ['customer_service', 'low_quality', 'missing_features', 'other', 'switched_service', 'too_complex', 'too_expensive', 'unused'] as const;
export const INTERVALS = ['day', 'week', 'month', 'year'] as const;

const enabled = may('Whether customers have this in the portal.', flag);
const switchOf = (description: string) => must(description, flag);

const customerUpdate = object({
  enabled,
  allowed_updates: clearable('What customers can change about themselves.', list(choice(CUSTOMER_UPDATES))),
});

const paymentMethodUpdate = object({
  enabled,
  payment_method_configuration: clearable('The payment method configuration (pmc_…) whose methods customers can choose from; without one, the account’s default.', text()),
});

const subscriptionCancel = object({
  enabled,
  mode: may('When a cancelled subscription ends.', choice(['at_period_end', 'immediately'])),
  // Stripe knows always_invoice, too, and refuses it here.
  proration_behavior: may('Whether the unused time is credited. create_prorations goes only with mode immediately.', choice(['create_prorations', 'none'])),
  cancellation_reason: may(
    'Whether customers are asked why they cancel.',
    object({
      enabled: switchOf('Whether they are asked. It needs options.'),
      options: clearable('The reasons to choose from.', list(choice(CANCELLATION_REASONS))),
      feedback_options: clearable('Ids of feedback options of your own.', list(text())),
    }),
  ),
});

const pauseInterval = object({
  interval: must('The unit.', choice(INTERVALS)),
  interval_count: may('How many of it, 1 unless given; three years at most.', count),
});

const subscriptionPause = object({
  enabled,
  duration: may(
    'How long a subscription can be paused.',
    object({
      type: must('interval_options lets customers choose from a list; indefinite has no end.', choice(['indefinite', 'interval_options'])),
      interval_options: clearable('The list to choose from.', list(pauseInterval)),
    }),
  ),
});

const offeredProduct = object({
  product: must('Its id (prod_…).', text()),
  prices: must('The ids (price_…) of those of its prices that customers can switch to, one an interval.', list(text()).min(1, 'is empty')),
  adjustable_quantity: may(
    'Whether customers can change how many they have.',
    object({ enabled: switchOf('Whether they can.'), minimum: may('The fewest.', amount), maximum: may('The most.', count) }),
  ),
});

const scheduledChange = object({ type: must('What kind of change waits.', choice(['decreasing_item_amount', 'shortening_interval'])) });

const subscriptionUpdate = object({
  enabled,
  default_allowed_updates: clearable('What customers can change about their subscription.', list(choice(['price', 'promotion_code', 'quantity']))),
  products: clearable(`What customers can switch to; ${MOST_PRODUCTS} products at most.`, list(offeredProduct, MOST_PRODUCTS)),
  proration_behavior: may('How the difference is charged.', choice(['always_invoice', 'create_prorations', 'none'])),
  billing_cycle_anchor: may('Whether the billing cycle begins anew with a change.', choice(['now', 'unchanged'])),
  trial_update_behavior: may('What a change does to a trial.', choice(['continue_trial', 'end_trial'])),
  schedule_at_period_end: may(
    'Which changes wait for the end of the period.',
    object({ conditions: clearable('A change waits when any of these is true.', list(scheduledChange)) }),
  ),
});

const features = object({
  customer_update: may('Customers change their details.', customerUpdate),
  invoice_history: may('Customers see past invoices.', object({ enabled })),
  payment_method_update: may('Customers change how they pay.', paymentMethodUpdate),
  subscription_cancel: may('Customers cancel.', subscriptionCancel),
  subscription_pause: may('Customers pause.', subscriptionPause),
  subscription_update: may('Customers switch to another price, or change the quantity.', subscriptionUpdate),
});

export const portal = object({
  active: may('Always true: the daemon sends customers there.', always),
  name: clearable('What the configuration is called; customers do not see it.', text()),
  business_profile: may(
    'What customers read about the business.',
    object({
      headline: clearable('The words at the top of the portal.', text(HEADLINE_CHARACTERS)),
      privacy_policy_url: clearable('Where the privacy policy stands.', address),
      terms_of_service_url: clearable('Where the terms of service stand.', address),
    }),
  ),
  default_return_url: clearable('Where the portal’s link back leads, unless a session says otherwise, as the daemon’s sessions do.', address),
  features: may('What customers can do there.', features),
  login_page: may('A page of Stripe’s where customers sign in by e-mail.', object({ enabled: switchOf('Whether there is one.') })),
  metadata: tags,
});
