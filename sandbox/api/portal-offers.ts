/** What a portal configuration lets a customer switch to. */
import type { Price, SubscriptionItem } from '../billing/shapes.ts';
import type { World } from '../world.ts';
import type { PortalConfiguration } from './portal-features.ts';

export type UpdateFeature = PortalConfiguration['features']['subscription_update'];
type OfferedProduct = NonNullable<UpdateFeature['products']>[number];

export interface WantedItem {
  price: string;
  quantity: number;
}

/** The product that offers a price; undefined when none does. */
function offeredProduct({ products }: UpdateFeature, price: string): OfferedProduct | undefined {
  return products?.find(({ prices }) => prices.includes(price));
}

/** The bounds between which a customer may choose the quantity of a price; undefined when it stays as it is. */
export function quantityBounds(feature: UpdateFeature, price: string): { minimum: number; maximum: number | null } | undefined {
  const quantity = offeredProduct(feature, price)?.adjustable_quantity;
  const isOffered = quantity?.enabled === true && feature.default_allowed_updates.includes('quantity');
  return isOffered ? { minimum: quantity.minimum, maximum: quantity.maximum } : undefined;
}

/** Why an item may not become what is wanted, as a sentence; undefined when it may. */
export function offerFault(world: World, feature: UpdateFeature, item: SubscriptionItem, wanted: WantedItem): string | undefined {
  const isOtherPrice = wanted.price !== item.price.id;
  const isOtherQuantity = wanted.quantity !== (item.quantity ?? 1);
  if (!isOtherPrice && !isOtherQuantity) return 'This is what is subscribed already.';
  if (isOtherPrice && !isPriceOffered(world, feature, item, wanted.price)) return `The price ${wanted.price} is not one that the portal offers.`;
  return isOtherQuantity ? quantityFault(feature, wanted) : undefined;
}

function isPriceOffered(world: World, feature: UpdateFeature, item: SubscriptionItem, price: string): boolean {
  const found = world.store.find<Price>('price', price);
  const isOffered = feature.default_allowed_updates.includes('price') && offeredProduct(feature, price) !== undefined;
  return isOffered && found?.active === true && found.currency === item.price.currency;
}

function quantityFault(feature: UpdateFeature, { price, quantity }: WantedItem): string | undefined {
  const bounds = quantityBounds(feature, price);
  if (bounds === undefined) return 'The quantity cannot be changed.';
  const { minimum, maximum } = bounds;
  if (quantity >= minimum && (maximum === null || quantity <= maximum)) return undefined;
  return maximum === null ? `The quantity must be at least ${minimum}.` : `The quantity must be between ${minimum} and ${maximum}.`;
}
