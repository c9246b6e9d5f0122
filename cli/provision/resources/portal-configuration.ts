/** What customers may do in the Customer Portal. Found by our challenge id in its metadata; Stripe cannot delete one. */
import type Stripe from 'stripe';
import type { Resource } from './resource.ts';

const FEATURES = ['customer_update', 'invoice_history', 'payment_method_update', 'subscription_cancel', 'subscription_pause', 'subscription_update'];
const PRODUCTS = 'features.subscription_update.products';

export const portalConfiguration: Resource = {
  activity: { path: 'active', on: true, off: false },
  notOnCreate: ['active'],
  siblings: {
    ...Object.fromEntries(FEATURES.map((feature) => [`features.${feature}`, ['enabled']])),
    'features.subscription_cancel.cancellation_reason': ['enabled', 'options'],
    'features.subscription_pause.duration': ['type'],
  },
  wholes: ['features.subscription_pause.duration', 'features.subscription_update'],
  namedOnCreate: ['features.subscription_cancel.cancellation_reason.options'],
  references: {},
  immutable: [],
  fixedAt: {},
  onReplace: {},
  isSingle: false,
  create: (stripe, settings, options) => stripe.billingPortal.configurations.create(settings as unknown as Stripe.BillingPortal.ConfigurationCreateParams, options),
  update: (stripe, id, settings) => stripe.billingPortal.configurations.update(id, settings),
  retrieve: (stripe, id) => stripe.billingPortal.configurations.retrieve(id, { expand: [PRODUCTS] }),
  retire: (stripe, id) => stripe.billingPortal.configurations.update(id, { active: false }),
};
