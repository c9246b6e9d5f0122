/** Pending charges and credits that wait for the customer's next invoice. */
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { mergeMetadata } from '../wire/params.ts';
import type { World } from '../world.ts';
import type { Proration } from './proration.ts';
import type { Customer, InvoiceItem, Price, Subscription } from './shapes.ts';

/** What `POST /v1/invoiceitems` takes; the names are Stripe's, the amount is in minor units. */
export interface InvoiceItemOrder {
  amount?: number | null;
  customer: string;
  currency?: string | null;
  description?: string | null;
  discountable?: boolean | null;
  metadata?: Record<string, string> | null;
  period?: { start: number; end: number } | null;
  pricing?: { price?: string | null } | null;
  quantity?: number | null;
  subscription?: string | null;
}

export const DEFAULT_CURRENCY = 'usd';

/** A new pending item. Emits `invoiceitem.created`. Throws StripeError (400) for an unknown customer, price or subscription. */
export function createInvoiceItem(world: World, order: InvoiceItemOrder): InvoiceItem {
  const customer = existing<Customer>(world, 'customer', order.customer, 'customer');
  if (order.subscription != null) existing(world, 'subscription', order.subscription, 'subscription');
  return keep(world, { ...buildInvoiceItem(world, customer.id, customer.test_clock), ...orderedFields(world, customer, order) });
}

function orderedFields(world: World, customer: Customer, order: InvoiceItemOrder): Partial<InvoiceItem> {
  const { subscription, description = null, metadata, period } = order;
  return {
    currency: order.currency ?? customer.currency ?? DEFAULT_CURRENCY,
    ...priceOf(world, order),
    ...(period == null ? {} : { period }),
    description,
    discountable: order.discountable ?? true,
    metadata: metadata ?? {},
    parent: subscription == null ? null : { subscription_details: { subscription }, type: 'subscription_details' },
  };
}

/** Either an amount or a price that is charged once. */
function priceOf(world: World, { amount, pricing, quantity }: InvoiceItemOrder): Partial<InvoiceItem> {
  const count = quantity ?? 1;
  const shared = { quantity: count, quantity_decimal: String(count) };
  if (pricing?.price == null) {
    if (amount == null) throw invalidRequest('One of the following params is required: amount, pricing.', 'amount', 'parameter_missing');
    return { amount, net_amount: amount, pricing: { type: 'price_details', unit_amount_decimal: String(amount) }, quantity: 1, quantity_decimal: '1' };
  }
  const price = existing<Price>(world, 'price', pricing.price, 'pricing[price]');
  if (price.recurring !== null) {
    throw invalidRequest('The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.', 'pricing[price]');
  }
  const total = (price.unit_amount ?? 0) * count;
  return { ...shared, amount: total, net_amount: total, currency: price.currency, pricing: pricingOf(price) };
}

function pricingOf(price: Price): InvoiceItem['pricing'] {
  return { price_details: { price: price.id, product: price.product }, type: 'price_details', unit_amount_decimal: price.unit_amount_decimal };
}

/** A pending proration. Emits `invoiceitem.created`. */
export function createProrationItem(world: World, subscription: Subscription, proration: Proration): InvoiceItem {
  return keep(world, buildProrationItem(world, subscription, proration));
}

export function buildProrationItem(world: World, subscription: Subscription, proration: Proration): InvoiceItem {
  const { item, amount, period, description, creditedLines } = proration;
  const quantity = item.quantity ?? 1;
  return {
    ...buildInvoiceItem(world, subscription.customer, subscription.test_clock),
    amount,
    currency: item.price.currency,
    description,
    discountable: false,
    metadata: subscription.metadata,
    net_amount: amount,
    parent: { subscription_details: { subscription: subscription.id, subscription_item: item.id }, type: 'subscription_details' },
    period,
    pricing: pricingOf(item.price),
    proration: true,
    proration_details: {
      credited_items: creditedLines && { invoice_line_item_details: creditedLines, type: 'invoice_line_items' },
      discount_amounts: [],
    },
    quantity,
    quantity_decimal: String(quantity),
  };
}

/** An item of nothing. */
function buildInvoiceItem(world: World, customer: string, testClock: string | null = null): InvoiceItem {
  return {
    id: world.newId('ii'),
    object: 'invoiceitem',
    amount: 0,
    currency: DEFAULT_CURRENCY,
    customer,
    customer_account: null,
    date: world.now(),
    description: null,
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    net_amount: 0,
    parent: null,
    period: { start: world.now(), end: world.now() },
    pricing: null,
    proration: false,
    quantity: 1,
    quantity_decimal: '1',
    tax_rates: [],
    test_clock: testClock,
  };
}

function keep(world: World, item: InvoiceItem): InvoiceItem {
  world.store.insert(item);
  world.emit('invoiceitem.created', item);
  return item;
}

/** The customer's items that no invoice holds yet. */
export function pendingItems(world: World, customer: string): InvoiceItem[] {
  return world.store.all<InvoiceItem>('invoiceitem', { customer, invoice: null });
}

/** Those in its currency that the next invoice of this subscription takes along: its own, and those of no subscription. */
export function pendingItemsFor(world: World, subscription: Subscription): InvoiceItem[] {
  const isIts = (item: InvoiceItem): boolean => item.currency === subscription.currency && [undefined, subscription.id].includes(subscriptionIdOf(item));
  return pendingItems(world, subscription.customer).filter(isIts);
}

export function subscriptionIdOf(item: InvoiceItem): string | undefined {
  return item.parent?.subscription_details?.subscription;
}

/** Takes a pending item back. Emits `invoiceitem.deleted`. Throws StripeError (400) for one that an invoice holds. */
export function deleteInvoiceItem(world: World, item: InvoiceItem): void {
  if (item.invoice !== null) throw invalidRequest('This invoice item is on an invoice and cannot be deleted any more.');
  world.store.remove('invoiceitem', item.id);
  world.emit('invoiceitem.deleted', item);
}

/** Another text or amount for a pending item; Stripe tells of it with no event. Throws StripeError (400) for one that an invoice holds. */
export function editInvoiceItem(world: World, item: InvoiceItem, edits: Omit<InvoiceItemOrder, 'customer'>): InvoiceItem {
  if (item.invoice !== null) throw invalidRequest('This invoice item is on an invoice and cannot be changed any more.');
  const { amount, description, discountable, metadata, period } = edits;
  return world.store.save<InvoiceItem>({
    ...item,
    ...(amount == null ? {} : priceOf(world, { ...edits, customer: item.customer })),
    ...(description === undefined ? {} : { description }),
    ...(discountable == null ? {} : { discountable }),
    ...(period == null ? {} : { period }),
    metadata: mergeMetadata(item.metadata ?? {}, metadata),
  });
}
