/** What a Checkout Session sells, line by line, and what it comes to. */
import { invalidRequest, missingParameter, resourceMissing } from '../wire/errors.ts';
import type { World } from '../world.ts';
import type { CheckoutSession, LineItem, Price, Product } from './shapes.ts';
import { priceOrders, type PricedOrder } from './subscription-items.ts';

export type CheckoutMode = CheckoutSession['mode'];
export type LineItems = NonNullable<CheckoutSession['line_items']>;

export interface LineItemOrder {
  price: string;
  quantity?: number | null;
}

const SMALLEST_PAYMENT = 50;

/** The prices of what is ordered; mode `setup` sells nothing. Throws StripeError (400) for what the mode does not sell. */
export function priceLineItems(world: World, mode: CheckoutMode, orders: readonly LineItemOrder[]): PricedOrder[] {
  if (mode === 'setup') {
    if (orders.length > 0) throw invalidRequest('You can not pass `line_items` in `setup` mode.', 'line_items');
    return [];
  }
  if (orders.length === 0) throw missingParameter('line_items');
  return mode === 'subscription' ? priceOrders(world, orders, 'line_items') : oneTimeOrders(world, orders);
}

function oneTimeOrders(world: World, orders: readonly LineItemOrder[]): PricedOrder[] {
  const priced = orders.map((order, index) => ({ ...order, price: oneTimePrice(world, order.price, `line_items[${index}][price]`) }));
  const [first, ...others] = priced.map(({ price }) => price.currency);
  if (others.some((currency) => currency !== first)) {
    throw invalidRequest('All line items of a Checkout Session must have the same currency.', 'line_items');
  }
  if (totalOf(priced) < SMALLEST_PAYMENT) {
    const message = `The Checkout Session's total amount due must add up to at least $0.50 ${first ?? ''}`;
    throw invalidRequest(message, undefined, 'amount_too_small');
  }
  return priced;
}

function oneTimePrice(world: World, id: string, param: string): Price {
  const price = world.store.find<Price>('price', id);
  if (price === undefined) throw resourceMissing('price', id, param);
  if (!price.active) throw invalidRequest('The price specified is inactive. This field only accepts active prices.', param);
  if (price.recurring === null) return price;
  const message =
    'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.';
  throw invalidRequest(message, param);
}

export function totalOf(orders: readonly PricedOrder[]): number {
  return orders.reduce((sum, order) => sum + amountOf(order), 0);
}

/** The list as the session shows it on request. */
export function lineItems(world: World, session: string, orders: readonly PricedOrder[], isFree: boolean): LineItems {
  const data = orders.map((order) => lineItem(world, order, isFree ? 0 : amountOf(order)));
  return { object: 'list', data, has_more: false, url: `/v1/checkout/sessions/${session}/line_items` };
}

function lineItem(world: World, order: PricedOrder, amount: number): LineItem {
  return {
    id: world.newId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: order.price.currency,
    description: world.store.find<Product>('product', order.price.product)?.name ?? null,
    metadata: {},
    price: order.price,
    quantity: order.quantity ?? 1,
  };
}

function amountOf({ price, quantity }: PricedOrder): number {
  return (price.unit_amount ?? 0) * (quantity ?? 1);
}
