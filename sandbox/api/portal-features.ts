/** What Stripe refuses about the features of a portal configuration as a whole. */
import type Stripe from 'stripe';
import type { Price, Product, Wire } from '../billing/shapes.ts';
import { invalidRequest, missingParameter } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';

export type PortalConfiguration = Wire<Stripe.BillingPortal.Configuration>;
type Features = PortalConfiguration['features'];
type OfferedProduct = NonNullable<Features['subscription_update']['products']>[number];

/** Throws StripeError when the features do not go together. */
export function checkPortalFeatures(world: World, features: Features): void {
  checkCancellation(features.subscription_cancel);
  checkUpdate(world, features.subscription_update);
}

function checkCancellation({ mode, proration_behavior: proration }: Features['subscription_cancel']): void {
  const param = 'features[subscription_cancel][proration_behavior]';
  if (proration === 'always_invoice') throw invalidRequest('Invalid proration_behavior: must be one of create_prorations or none', param);
  if (proration === 'create_prorations' && mode !== 'immediately') {
    throw invalidRequest('Prorations can only be created when features[subscription_cancel][mode] is immediately.', param);
  }
}

/** Three years. */
const LONGEST_PAUSE: Readonly<Record<string, number>> = { day: 1096, week: 156, month: 36, year: 3 };

/** Throws StripeError for preset durations of a pause that are missing, or too long. */
export function checkPauseDuration({ type, interval_options: sent }: { type: string; interval_options?: readonly PauseOption[] | null }): void {
  const param = 'features[subscription_pause][duration][interval_options]';
  const options = sent ?? [];
  if (type === 'interval_options' && options.length === 0) throw missingParameter(param);
  const longest = (interval: string): number => LONGEST_PAUSE[interval] ?? 0;
  const index = options.findIndex(({ interval, interval_count: count }) => (count ?? 1) > longest(interval));
  if (index >= 0) throw invalidRequest('A subscription can be paused for three years at most.', `${param}[${index}][interval_count]`);
}

interface PauseOption {
  interval: string;
  interval_count?: number | null;
}

/** A pause without an end has no preset durations; an interval that is not counted is one. */
export function wholePause({ duration, enabled }: Features['subscription_pause']): Features['subscription_pause'] {
  const { type, interval_options: sent } = duration;
  const options = type === 'indefinite' ? [] : sent.map((option: PauseOption) => ({ interval: option.interval, interval_count: option.interval_count ?? 1 }));
  return { duration: { type, interval_options: options as typeof sent }, enabled };
}

function checkUpdate(world: World, update: Features['subscription_update']): void {
  const products = update.products ?? [];
  if (update.enabled && products.length === 0) throw missingParameter('features[subscription_update][products]');
  products.forEach((offered, index) => checkProduct(world, offered, `features[subscription_update][products][${index}]`));
}

function checkProduct(world: World, offered: OfferedProduct, param: string): void {
  const product = existing<Product>(world, 'product', offered.product, `${param}[product]`);
  const intervals = offered.prices.map((id, index) => {
    const price = existing<Price>(world, 'price', id, `${param}[prices][${index}]`);
    if (price.product !== product.id) throw invalidRequest(`The price ${id} does not belong to the product ${product.id}.`, `${param}[prices][${index}]`);
    return `${price.recurring?.interval_count} ${price.recurring?.interval}`;
  });
  if (new Set(intervals).size < intervals.length) {
    throw invalidRequest('Each price of a product must have a different billing interval.', `${param}[prices]`);
  }
}

/** A product that the customer can switch to, with what the call left out: its quantity follows what the feature allows. */
export function wholeProduct(sent: OfferedProduct, canChangeQuantity: boolean): OfferedProduct {
  const quantity: Partial<OfferedProduct['adjustable_quantity']> | null | undefined = sent.adjustable_quantity;
  return {
    product: sent.product,
    prices: sent.prices,
    adjustable_quantity: { enabled: quantity?.enabled ?? canChangeQuantity, maximum: quantity?.maximum ?? null, minimum: quantity?.minimum ?? 1 },
  };
}
