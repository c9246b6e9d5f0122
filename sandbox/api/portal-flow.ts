/** `flow_data`: a portal session that leads straight to one task. */
import type Stripe from 'stripe';
import type { Subscription, Wire } from '../billing/shapes.ts';
import { isEnded } from '../billing/subscription-end.ts';
import { pauseFault } from '../billing/subscription-pause.ts';
import { invalidRequest, missingParameter } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { choice, hash, integer, list, required, string, type Params } from '../wire/params.ts';
import type { World } from '../world.ts';
import { offerFault } from './portal-offers.ts';
import type { PortalConfiguration } from './portal-features.ts';

export type Flow = NonNullable<Wire<Stripe.BillingPortal.Session>['flow']>;

/** Each task, and the feature that it is part of. */
const FEATURES = {
  customer_update: 'customer_update',
  payment_method_update: 'payment_method_update',
  subscription_cancel: 'subscription_cancel',
  subscription_pause: 'subscription_pause',
  subscription_update: 'subscription_update',
  subscription_update_confirm: 'subscription_update',
} as const;

const TASKS = Object.keys(FEATURES) as (keyof typeof FEATURES)[];
const subscriptionSpec = { subscription: required(string()) };

/** Coupons (`retention`, `discounts`) are unknown to the sandbox. */
export const flowSpec = {
  type: required(choice(TASKS)),
  after_completion: hash({
    type: required(choice(['hosted_confirmation', 'portal_homepage', 'redirect'])),
    hosted_confirmation: hash({ custom_message: string({ max: 500 }) }),
    redirect: hash({ return_url: required(string()) }),
  }),
  subscription_cancel: hash(subscriptionSpec),
  subscription_pause: hash(subscriptionSpec),
  subscription_update: hash(subscriptionSpec),
  subscription_update_confirm: hash({
    ...subscriptionSpec,
    items: required(list(hash({ id: required(string()), price: string(), quantity: integer({ min: 0 }) }), { max: 1 })),
  }),
};
type FlowParams = Params<typeof flowSpec>;
type SubscriptionTask = Exclude<FlowParams['type'], 'customer_update' | 'payment_method_update'>;
type Task = Pick<Flow, SubscriptionTask>;

/** Throws StripeError when the configuration does not allow the task, or its subscription does not. */
export function flowOf(world: World, sent: FlowParams, customer: string, configuration: PortalConfiguration): Flow {
  const feature = FEATURES[sent.type];
  if (!configuration.features[feature].enabled) {
    const message = `The flow ${sent.type} cannot be used: the feature ${feature} is disabled in the portal configuration ${configuration.id}.`;
    throw invalidRequest(message, 'flow_data[type]');
  }
  return {
    type: sent.type,
    after_completion: afterCompletion(sent.after_completion),
    ...NO_TASK,
    ...(sent.type === 'customer_update' ? { customer_update: {} } : {}),
    ...(isSubscriptionTask(sent.type) ? taskOf(world, sent, sent.type, customer, configuration) : {}),
  };
}

const NO_TASK = {
  customer_update: null,
  subscription_cancel: null,
  subscription_pause: null,
  subscription_update: null,
  subscription_update_confirm: null,
};

function isSubscriptionTask(type: FlowParams['type']): type is SubscriptionTask {
  return type !== 'customer_update' && type !== 'payment_method_update';
}

function afterCompletion(sent: FlowParams['after_completion']): Flow['after_completion'] {
  if (sent?.type === 'redirect' && !sent.redirect) throw missingParameter('flow_data[after_completion][redirect]');
  if (sent?.redirect && !URL.canParse(sent.redirect.return_url)) {
    throw invalidRequest('Not a valid URL', 'flow_data[after_completion][redirect][return_url]', 'url_invalid');
  }
  const message = sent?.hosted_confirmation ? { custom_message: sent.hosted_confirmation.custom_message ?? null } : null;
  return { type: sent?.type ?? 'portal_homepage', hosted_confirmation: message, redirect: sent?.redirect ?? null };
}

/** What stands under the task's own name. */
function taskOf(world: World, sent: FlowParams, task: SubscriptionTask, customer: string, configuration: PortalConfiguration): Partial<Task> {
  const given = sent[task];
  if (!given) throw missingParameter(`flow_data[${task}]`);
  const param = `flow_data[${task}][subscription]`;
  const subscription = existing<Subscription>(world, 'subscription', given.subscription, param);
  if (subscription.customer !== customer) throw invalidRequest(`The subscription ${subscription.id} does not belong to the customer ${customer}.`, param);
  const fault = FAULTS[task](subscription);
  if (fault !== undefined) throw invalidRequest(`The subscription ${subscription.id} ${fault}.`, param);
  const about = { subscription: subscription.id };
  if (task === 'subscription_cancel') return { [task]: { ...about, retention: null } };
  if (task !== 'subscription_update_confirm') return { [task]: about };
  return { [task]: { ...about, discounts: null, items: confirmedItems(world, sent, subscription, configuration) } };
}

/** Why a task cannot be done with a subscription. */
const FAULTS: Readonly<Record<SubscriptionTask, (subscription: Subscription) => string | undefined>> = {
  subscription_cancel: (subscription) => (isLeaving(subscription) ? 'is cancelled already, or set to be' : undefined),
  subscription_pause: (subscription) => (isLeaving(subscription) || pauseFault(subscription) !== undefined ? 'cannot be paused' : undefined),
  subscription_update: updateFault,
  subscription_update_confirm: updateFault,
};

function isLeaving(subscription: Subscription): boolean {
  return isEnded(subscription) || subscription.cancel_at_period_end || subscription.cancel_at !== null;
}

function updateFault(subscription: Subscription): string | undefined {
  if (isEnded(subscription)) return 'is cancelled';
  return subscription.items.data.length === 1 ? undefined : 'has more than one item, so the portal cannot update it';
}

function confirmedItems(world: World, sent: FlowParams, subscription: Subscription, configuration: PortalConfiguration) {
  const name = 'flow_data[subscription_update_confirm][items]';
  const [wanted] = sent.subscription_update_confirm?.items ?? [];
  const [item] = subscription.items.data;
  if (!wanted) throw missingParameter(name);
  if (wanted.id !== item?.id) throw invalidRequest(`The subscription ${subscription.id} has no item ${wanted.id}.`, `${name}[0][id]`);
  const price = wanted.price ?? item.price.id;
  const quantity = wanted.quantity ?? item.quantity ?? 1;
  const fault = offerFault(world, configuration.features.subscription_update, item, { price, quantity });
  if (fault !== undefined) throw invalidRequest(fault, `${name}[0]`);
  return [{ id: item.id, price, quantity }];
}
