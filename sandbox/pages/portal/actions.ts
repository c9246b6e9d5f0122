/** What the portal does for a customer beyond what billing offers ready-made. */
import { change } from '../../billing/change.ts';
import { payWith } from '../../billing/customers.ts';
import type { Customer, Subscription } from '../../billing/shapes.ts';
import type { Feedback } from '../../billing/subscription-end.ts';
import { cancelSubscription, scheduleCancellation, updateSubscription } from '../../billing/subscriptions.ts';
import type { World } from '../../world.ts';
import { typedAddress } from '../address-fields.ts';
import type { FieldValues } from '../fields.ts';
import { BILLING_IDS, SHIPPING_IDS } from './customer-view.ts';
import type { PortalVisit } from './session.ts';

/** Ends the subscription now or at the end of its period, as the configuration says. */
export function cancel(world: World, portal: PortalVisit, subscription: Subscription): Subscription {
  const { proration_behavior } = portal.features.subscription_cancel;
  if (!endsAtOnce(portal, subscription)) return scheduleCancellation(world, subscription.id);
  return cancelSubscription(world, subscription.id, {}, { prorate: proration_behavior === 'create_prorations' });
}

/** A paused subscription has no period that it could end with. */
export function endsAtOnce({ features }: PortalVisit, { status }: Subscription): boolean {
  return features.subscription_cancel.mode === 'immediately' || status === 'paused' || status === 'canceled';
}

/** Stripe asks for the reason after the fact: a cancelled subscription changes once more. */
export function recordGoodbye(world: World, subscription: Subscription, feedback: Feedback, comment: string | null): void {
  world.store.transaction(() => updateSubscription(world, subscription.id, { cancellation_details: { feedback, comment } }));
}

/** A card that the customer has already pays from now on, for all that is subscribed too. */
export function payWithSavedCard(world: World, { customer }: PortalVisit, card: string): void {
  world.store.transaction(() => payWith(world, customer, card));
}

/** Writes what the configuration lets the customer change; an emptied field is unset. */
export function updateCustomer(world: World, { customer, features }: PortalVisit, form: FieldValues): void {
  const allowed: readonly string[] = features.customer_update.allowed_updates;
  const text = (name: string): string | null => form[name] || null;
  const wanted = {
    name: text('name'),
    email: text('email'),
    phone: text('phone'),
    address: typedAddress(BILLING_IDS, form),
    shipping: shippingIn(form),
  };
  const changes = Object.fromEntries(Object.entries(wanted).filter(([name]) => allowed.includes(name)));
  world.store.transaction(() => change<Customer>(world, 'customer.updated', { ...customer, ...changes }));
}

/** Whoever leaves recipient and address empty has none. */
function shippingIn(form: FieldValues): Customer['shipping'] {
  if (!form.shipping_name && !form.shipping_line1) return null;
  return { address: typedAddress(SHIPPING_IDS, form), name: form.shipping_name ?? '', phone: form.shipping_phone || null };
}
