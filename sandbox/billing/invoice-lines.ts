/** What an invoice charges for, line by line. */
import { money } from '../money.ts';
import type { World } from '../world.ts';
import type { InvoiceItem, InvoiceLine, Price, Product, Subscription, SubscriptionItem } from './shapes.ts';

export interface Period {
  start: number;
  end: number;
}

/** The line of one subscribed price for one period; a trial costs nothing. */
export function subscriptionLine(
  world: World,
  subscription: Subscription,
  item: SubscriptionItem,
  period: Period,
): InvoiceLine {
  const quantity = item.quantity ?? 1;
  const isTrial = subscription.status === 'trialing';
  const amount = isTrial ? 0 : (item.price.unit_amount ?? 0) * quantity;
  return {
    ...emptyLine(world, amount, item.price.currency, period),
    description: isTrial ? `Trial period for ${productName(world, item.price)}` : describe(world, item.price, quantity),
    metadata: subscription.metadata,
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: null,
        subscription: subscription.id,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    pricing: {
      price_details: { price: item.price.id, product: item.price.product },
      type: 'price_details',
      unit_amount_decimal: isTrial ? '0' : item.price.unit_amount_decimal,
    },
    quantity,
    quantity_decimal: String(quantity),
    subscription: subscription.id,
  };
}

/** The line of a pending invoice item. */
export function itemLine(world: World, item: InvoiceItem): InvoiceLine {
  return {
    ...emptyLine(world, item.amount, item.currency, item.period),
    description: item.description,
    discountable: item.discountable,
    metadata: item.metadata ?? {},
    parent: parentOf(item),
    pricing: item.pricing,
    quantity: item.quantity,
    quantity_decimal: item.quantity_decimal,
    subscription: item.parent?.subscription_details?.subscription ?? null,
  };
}

/** A proration belongs to its subscription item; any other item stands for itself. */
function parentOf(item: InvoiceItem): InvoiceLine['parent'] {
  const { subscription = null, subscription_item } = item.parent?.subscription_details ?? {};
  const { proration } = item;
  const credited = item.proration_details?.credited_items?.invoice_line_item_details ?? null;
  const proration_details = proration ? { credited_items: credited } : null;
  const details = { invoice_item: item.id, proration, proration_details, subscription };
  if (subscription_item === undefined) {
    return { invoice_item_details: details, subscription_item_details: null, type: 'invoice_item_details' };
  }
  return { invoice_item_details: null, subscription_item_details: { ...details, subscription_item }, type: 'subscription_item_details' };
}

function emptyLine(world: World, amount: number, currency: string, period: Period): InvoiceLine {
  return {
    id: world.newId('il'),
    object: 'line_item',
    amount,
    currency,
    description: null,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    parent: null,
    period,
    pretax_credit_amounts: [],
    pricing: null,
    quantity: 1,
    quantity_decimal: '1',
    subscription: null,
    subtotal: amount,
    taxes: [],
  };
}

/** `1 × Pair Coding (at $60.00 / month)` */
function describe(world: World, price: Price, quantity: number): string {
  const each = money(price.unit_amount ?? 0, price.currency);
  const every = price.recurring === null ? '' : ` / ${intervalWords(price.recurring)}`;
  return `${quantity} × ${productName(world, price)} (at ${each}${every})`;
}

export function productName(world: World, price: Price): string {
  return world.store.find<Product>('product', price.product)?.name ?? price.product;
}

/** `month`, `3 months` */
function intervalWords({ interval, interval_count }: NonNullable<Price['recurring']>): string {
  return interval_count === 1 ? interval : `${interval_count} ${interval}s`;
}
