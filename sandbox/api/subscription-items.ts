/** /v1/subscription_items: the items of a subscription one by one. */
import { PAYMENT_BEHAVIORS } from '../billing/new-subscription.ts';
import type { Subscription, SubscriptionItem } from '../billing/shapes.ts';
import { subscriptionOfItem } from '../billing/subscription-items.ts';
import { updateSubscription } from '../billing/subscriptions.ts';
import { existing } from '../wire/existing.ts';
import { boolean, choice, integer, metadata, required, string, timestamp } from '../wire/params.ts';
import { route } from '../wire/route.ts';
import { innerPage, innerPageSpec } from './inner-list.ts';
import { PRORATION_BEHAVIORS } from './subscription-params.ts';

const rebillingSpec = {
  payment_behavior: choice(PAYMENT_BEHAVIORS),
  proration_behavior: choice(PRORATION_BEHAVIORS),
  proration_date: timestamp(),
};

const itemSpec = { ...rebillingSpec, metadata: metadata(), quantity: integer({ min: 0 }) };

export const subscriptionItemRoutes = [
  route('POST', '/v1/subscription_items', { ...itemSpec, price: required(string()), subscription: required(string()) }, (world, { params }) => {
    const { subscription: id, metadata: tags, price, quantity, ...how } = params;
    const before = existing<Subscription>(world, 'subscription', id, 'subscription').items.data;
    const { items } = updateSubscription(world, id, { ...how, items: [{ metadata: tags ?? {}, price, quantity: quantity ?? 1 }] });
    return items.data.find((item) => before.every(({ id: known }) => known !== item.id))!;
  }),
  route('GET', '/v1/subscription_items', { ...innerPageSpec, subscription: required(string()) }, (world, { params }) => {
    const { subscription: id, ...page } = params;
    const { items } = existing<Subscription>(world, 'subscription', id, 'subscription');
    return innerPage(items.data, '/v1/subscription_items', page);
  }),
  route('GET', '/v1/subscription_items/:id', {}, (world, { path }): SubscriptionItem => subscriptionOfItem(world, path.id).item),
  route(
    'POST',
    '/v1/subscription_items/:id',
    { ...itemSpec, off_session: boolean(), price: string() },
    (world, { path, params }) => {
      const { metadata: tags, price, quantity, ...how } = params;
      const { subscription } = subscriptionOfItem(world, path.id);
      const change = { id: path.id, ...(tags == null ? {} : { metadata: tags }), ...(price == null ? {} : { price }), ...(quantity == null ? {} : { quantity }) };
      const { items } = updateSubscription(world, subscription.id, { ...how, items: [change] });
      return items.data.find(({ id }) => id === path.id)!;
    },
  ),
  route('DELETE', '/v1/subscription_items/:id', rebillingSpec, (world, { path, params }) => {
    const { subscription } = subscriptionOfItem(world, path.id);
    updateSubscription(world, subscription.id, { ...params, items: [{ id: path.id, deleted: true }] });
    return { id: path.id, object: 'subscription_item', deleted: true as const };
  }),
];
