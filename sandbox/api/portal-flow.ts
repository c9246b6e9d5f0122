/** `flow_data`: a portal session that leads straight to one task. */
import type Stripe from 'stripe';
import type { Subscription, Wire } from '../billing/shapes.ts';
import { isEnded } from '../billing/subscription-end.ts';
import { invalidRequest, missingParameter } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { choice, hash, required, string, type Params } from '../wire/params.ts';
import type { World } from '../world.ts';
import type { PortalConfiguration } from './portal-features.ts';

type Flow = NonNullable<Wire<Stripe.BillingPortal.Session>['flow']>;

/** The tasks that the sandbox's portal has pages for. */
export const flowSpec = {
  type: required(choice(['payment_method_update', 'subscription_cancel'])),
  after_completion: hash({
    type: required(choice(['hosted_confirmation', 'portal_homepage', 'redirect'])),
    hosted_confirmation: hash({ custom_message: string() }),
    redirect: hash({ return_url: required(string()) }),
  }),
  subscription_cancel: hash({ subscription: required(string()) }),
};
type FlowParams = Params<typeof flowSpec>;

/** Throws StripeError when the configuration does not allow the task or its subscription cannot be cancelled. */
export function flowOf(world: World, sent: FlowParams, customer: string, configuration: PortalConfiguration): Flow {
  if (!configuration.features[sent.type].enabled) {
    throw invalidRequest(`The flow ${sent.type} cannot be used: the feature is disabled in the portal configuration ${configuration.id}.`, 'flow_data[type]');
  }
  return {
    type: sent.type,
    after_completion: afterCompletion(sent.after_completion),
    customer_update: null,
    subscription_cancel: sent.type === 'subscription_cancel' ? cancellation(world, sent, customer) : null,
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
  };
}

function afterCompletion(sent: FlowParams['after_completion']): Flow['after_completion'] {
  if (sent?.type === 'redirect' && !sent.redirect) throw missingParameter('flow_data[after_completion][redirect]');
  const message = sent?.hosted_confirmation ? { custom_message: sent.hosted_confirmation.custom_message ?? null } : null;
  return { type: sent?.type ?? 'portal_homepage', hosted_confirmation: message, redirect: sent?.redirect ?? null };
}

function cancellation(world: World, sent: FlowParams, customer: string): Flow['subscription_cancel'] {
  const param = 'flow_data[subscription_cancel][subscription]';
  if (!sent.subscription_cancel) throw missingParameter('flow_data[subscription_cancel]');
  const subscription = existing<Subscription>(world, 'subscription', sent.subscription_cancel.subscription, param);
  if (subscription.customer !== customer) throw invalidRequest(`The subscription ${subscription.id} does not belong to the customer ${customer}.`, param);
  const isLeaving = isEnded(subscription) || subscription.cancel_at_period_end || subscription.cancel_at !== null;
  if (isLeaving) throw invalidRequest(`The subscription ${subscription.id} is cancelled already, or set to be.`, param);
  return { retention: null, subscription: subscription.id };
}
