/** Pending charges that wait for the customer's next invoice. */
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import type { Customer, InvoiceItem } from './shapes.ts';

/** What `POST /v1/invoiceitems` takes; the names are Stripe's, the amount is in minor units. */
export interface InvoiceItemOrder {
  amount: number;
  customer: string;
  currency?: string | null;
  description?: string | null;
  discountable?: boolean | null;
  metadata?: Record<string, string> | null;
  period?: { start: number; end: number } | null;
}

export const DEFAULT_CURRENCY = 'usd';

/** A new pending item. Emits `invoiceitem.created`. Throws StripeError (400) for an unknown customer. */
export function createInvoiceItem(world: World, order: InvoiceItemOrder): InvoiceItem {
  const customer = existing<Customer>(world, 'customer', order.customer, 'customer');
  const item = world.store.insert<InvoiceItem>({
    id: world.newId('ii'),
    object: 'invoiceitem',
    amount: order.amount,
    currency: order.currency ?? customer.currency ?? DEFAULT_CURRENCY,
    customer: customer.id,
    customer_account: null,
    date: world.now(),
    description: order.description ?? null,
    discountable: order.discountable ?? true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: order.metadata ?? {},
    net_amount: order.amount,
    parent: null,
    period: order.period ?? { start: world.now(), end: world.now() },
    pricing: { type: 'price_details', unit_amount_decimal: String(order.amount) },
    proration: false,
    quantity: 1,
    quantity_decimal: '1',
    tax_rates: [],
    test_clock: customer.test_clock ?? null,
  });
  world.emit('invoiceitem.created', item);
  return item;
}

/** The customer's items that no invoice holds yet. */
export function pendingItems(world: World, customer: string): InvoiceItem[] {
  return world.store.all<InvoiceItem>('invoiceitem', { customer, invoice: null });
}
