/** What the portal says about other plans and about a change to one of them. */
import { quantityBounds, type UpdateFeature, type WantedItem } from '../../api/portal-offers.ts';
import type { Price, Product, Subscription } from '../../billing/shapes.ts';
import { currentPeriod, firstItem } from '../../billing/subscription-items.ts';
import type { World } from '../../world.ts';
import { howOften, longDate, money, perInterval } from '../format.ts';
import type { Cost } from './tried-out.ts';
import type { ConfirmView, PlanView, QuantityView } from './update-view.ts';

/** What the configuration offers; without a choice of prices, the present one alone. */
export function planViews(world: World, feature: UpdateFeature, subscription: Subscription): PlanView[] {
  const present = firstItem(subscription).price;
  const canSwitch = feature.default_allowed_updates.includes('price');
  const offered = canSwitch ? (feature.products ?? []).flatMap(({ prices }) => prices) : [];
  const prices = [...new Set([present.id, ...offered])].flatMap((id) => world.store.find<Price>('price', id) ?? []);
  return prices
    .filter(({ active, currency, id }) => id === present.id || (active && currency === present.currency))
    .map((price) => planView(world, price, price.id === present.id));
}

function planView(world: World, price: Price, isPresent: boolean): PlanView {
  const product = world.store.find<Product>('product', price.product);
  return {
    price: price.id,
    product: product?.name ?? 'Subscription',
    description: product?.description ?? null,
    billing: `Billed ${howOften(price)}`,
    amount: `${money(price.unit_amount ?? 0, price.currency)} ${perInterval(price)}`,
    isPresent,
  };
}

export function quantityView(feature: UpdateFeature, subscription: Subscription): QuantityView | null {
  const { price, quantity } = firstItem(subscription);
  const bounds = quantityBounds(feature, price.id);
  return bounds === undefined ? null : { value: quantity ?? 1, ...bounds };
}

type ConfirmWords = Pick<ConfirmView, 'after' | 'rows' | 'note'>;

export function confirmView(world: World, subscription: Subscription, wanted: WantedItem, preview: Cost | undefined): ConfirmWords {
  const price = world.store.find<Price>('price', wanted.price) ?? firstItem(subscription).price;
  const { product } = planView(world, price, false);
  const amount = money((price.unit_amount ?? 0) * wanted.quantity, price.currency);
  const after = {
    product: wanted.quantity === 1 ? product : `${product} × ${wanted.quantity}`,
    price: `${amount} ${perInterval(price)}`,
  };
  if (preview === undefined) return { after, rows: [], note: null };
  const { dueNow, onNextInvoice } = preview;
  const renewal = longDate(currentPeriod(preview.after).end);
  const next = money((price.unit_amount ?? 0) * wanted.quantity + onNextInvoice, price.currency);
  return {
    after,
    rows: [
      { label: 'Amount due today', amount: money(dueNow, price.currency) },
      { label: `Amount due ${renewal}`, amount: next },
    ],
    note: noteOf(subscription, preview, money(Math.abs(onNextInvoice), price.currency)),
  };
}

function noteOf(subscription: Subscription, { onNextInvoice, after }: Cost, difference: string): string | null {
  if (subscription.status === 'trialing' && after.status !== 'trialing') return 'Your free trial ends with this change.';
  if (onNextInvoice > 0) return `The next invoice includes ${difference} for the rest of this period.`;
  return onNextInvoice < 0 ? `The next invoice takes off ${difference} for unused time.` : null;
}
