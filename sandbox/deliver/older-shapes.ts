/** Objects as events of older API versions show them: what stood elsewhere then, kind by kind. */
import type { EventVersion } from '../event-versions.ts';
import type { InvoiceLine, InvoicePayment, Invoice, PaymentIntent, Price, Subscription } from '../billing/shapes.ts';
import type { Store, StripeObject } from '../world.ts';

type Fields = Record<string, unknown>;

interface OlderShape {
  kind: string;
  versions: readonly EventVersion[];
  /** Fields that stood in the object then. */
  had(object: never, store: Store): Fields;
  /** Fields that did not exist yet. */
  lacked: readonly string[];
}

const BEFORE_BASIL = ['2025-02-24.acacia', '2020-03-02'] as const;

/** @see https://docs.stripe.com/changelog/basil */
const OLDER_SHAPES: readonly OlderShape[] = [
  { kind: 'subscription', versions: BEFORE_BASIL, had: subscriptionPeriod, lacked: ['billing_mode'] },
  { kind: 'subscription', versions: ['2020-03-02'], had: subscribedPlan, lacked: ['cancellation_details', 'trial_settings', 'on_behalf_of', 'payment_settings'] },
  { kind: 'invoice', versions: BEFORE_BASIL, had: invoiceLinks, lacked: ['parent', 'confirmation_secret'] },
];

/** The object as `version` shows it; one that did not change since is returned as it is. */
export function inOlderShape<T extends StripeObject>(store: Store, object: T, version: EventVersion): T {
  const shapes = OLDER_SHAPES.filter(({ kind, versions }) => kind === object.object && versions.includes(version));
  return shapes.reduce<T>((shown, { had, lacked }) => ({ ...without(shown, lacked), ...had(object as never, store) }), object);
}

function without<T extends object>(object: T, names: readonly string[]): T {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name))) as T;
}

/** The period moved into the items. */
function subscriptionPeriod({ items }: Subscription): Fields {
  const [first] = items.data;
  const data = items.data.map((item) => without(item, ['current_period_start', 'current_period_end']));
  return { current_period_start: first?.current_period_start ?? null, current_period_end: first?.current_period_end ?? null, items: { ...items, data } };
}

/** A subscription of one item showed its plan. */
function subscribedPlan({ items: { data } }: Subscription): Fields {
  const [only] = data.length === 1 ? data : [];
  return { plan: only?.plan ?? null, quantity: only?.quantity ?? null };
}

/** Links to subscription and payment moved into `parent` and `payments`. */
function invoiceLinks(invoice: Invoice, store: Store): Fields {
  const details = invoice.parent?.subscription_details;
  const [payment] = store.all<InvoicePayment>('invoice_payment', { invoice: invoice.id });
  const intent = payment?.payment.payment_intent ?? null;
  return {
    charge: intent === null ? null : (store.find<PaymentIntent>('payment_intent', intent)?.latest_charge ?? null),
    lines: { ...invoice.lines, data: invoice.lines.data.map((line) => olderLine(line, store)) },
    paid: invoice.status === 'paid',
    paid_out_of_band: false,
    payment_intent: intent,
    quote: invoice.parent?.quote_details?.quote ?? null,
    subscription: details?.subscription ?? null,
    subscription_details: { metadata: details?.metadata ?? null },
  };
}

function olderLine(line: InvoiceLine, store: Store): Fields {
  const details = line.parent?.subscription_item_details;
  const price = line.pricing?.price_details?.price;
  return {
    ...without(line, ['parent', 'pricing']),
    invoice_item: line.parent?.invoice_item_details?.invoice_item ?? null,
    price: price === undefined ? null : (store.find<Price>('price', price) ?? null),
    proration: details?.proration ?? false,
    subscription_item: details?.subscription_item ?? null,
    type: details ? 'subscription' : 'invoiceitem',
  };
}
