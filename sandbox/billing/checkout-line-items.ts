/** What a Checkout Session sells, line by line, and what it comes to. */
import { invalidRequest, missingParameter, resourceMissing } from '../wire/errors.ts';
import type { World } from '../world.ts';
import type { CheckoutSession, LineItem, Price, Product } from './shapes.ts';
import { refuseMixedPrices, type PricedOrder } from './subscription-items.ts';

export type CheckoutMode = CheckoutSession['mode'];
export type LineItems = NonNullable<CheckoutSession['line_items']>;

export interface LineItemOrder {
  /** The id of an active price, or a price that was made for this session alone. */
  price: string | Price;
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
  const priced = orders.map((order, index) => ({ ...order, price: activePrice(world, order.price, `line_items[${index}][price]`) }));
  const currencies = new Set(priced.map(({ price }) => price.currency));
  if (currencies.size > 1) throw invalidRequest('All line items of a Checkout Session must have the same currency.', 'line_items');
  if (mode === 'subscription') refuseWrongSubscription(priced);
  else refuseWrongPayment(priced);
  return priced;
}

function activePrice(world: World, price: string | Price, param: string): Price {
  if (typeof price !== 'string') return price;
  const found = world.store.find<Price>('price', price);
  if (found === undefined) throw resourceMissing('price', price, param);
  if (!found.active) throw invalidRequest('The price specified is inactive. This field only accepts active prices.', param);
  if (world.store.find<Product>('product', found.product)?.active === false) {
    throw invalidRequest(`Price \`${found.id}\` is not available to be purchased because its product is not active.`, param);
  }
  return found;
}

/** What is paid once goes on the first invoice; see `isRecurring`. */
function refuseWrongSubscription(orders: readonly PricedOrder[]): void {
  const recurring = orders.filter(isRecurring);
  if (recurring.length === 0) {
    throw invalidRequest('You must provide at least one recurring price in `subscription` mode when using prices.', 'line_items');
  }
  refuseMixedPrices(recurring.map(({ price }) => price));
}

function refuseWrongPayment(orders: readonly PricedOrder[]): void {
  const wrong = orders.findIndex(isRecurring);
  if (wrong !== -1) {
    const message =
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.';
    throw invalidRequest(message, `line_items[${wrong}][price]`);
  }
  if (orders.reduce((sum, order) => sum + amountOf(order), 0) < SMALLEST_PAYMENT) {
    const message = `The Checkout Session's total amount due must add up to at least $0.50 ${orders[0]?.price.currency ?? ''}`;
    throw invalidRequest(message, undefined, 'amount_too_small');
  }
}

/** The list as the session shows it on request; in a free trial only what is paid once has an amount. */
export function lineItems(world: World, session: string, orders: readonly PricedOrder[], isFree: boolean): LineItems {
  const data = orders.map((order) => lineItem(world, order, isFree && isRecurring(order) ? 0 : amountOf(order)));
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

/** What a session amounts to. */
export function totalOf({ data }: LineItems): number {
  return data.reduce((sum, { amount_total }) => sum + amount_total, 0);
}

/** What the session sold, as orders: what renews, and what is paid once. */
export function soldOrders({ data }: LineItems): { recurring: PricedOrder[]; once: PricedOrder[] } {
  const orders = data.flatMap(({ price, quantity }) => (price === null ? [] : [{ price, quantity }]));
  return { recurring: orders.filter(isRecurring), once: orders.filter((order) => !isRecurring(order)) };
}

/** What is charged when the session is completed. */
export function dueToday(items: LineItems, hasTrial: boolean): number {
  const { recurring, once } = soldOrders(items);
  return [...once, ...(hasTrial ? [] : recurring)].reduce((sum, order) => sum + amountOf(order), 0);
}

function isRecurring({ price }: PricedOrder): boolean {
  return price.recurring !== null;
}

function amountOf({ price, quantity }: PricedOrder): number {
  return (price.unit_amount ?? 0) * (quantity ?? 1);
}
