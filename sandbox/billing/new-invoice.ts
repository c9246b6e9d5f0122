/** A new invoice: the draft of what a customer owes. */
import type { World } from '../world.ts';
import { DAY_SECONDS, HOUR_SECONDS } from './calendar.ts';
import type { Period } from './invoice-lines.ts';
import type { Customer, Invoice, InvoiceLine, Subscription } from './shapes.ts';

/** A draft waits this long before it is finalized, so that its owner can still edit it. */
export const DRAFT_SECONDS = HOUR_SECONDS;

const ACCOUNT_COUNTRY = 'US';

export interface InvoiceDraft {
  customer: Customer;
  currency: string;
  lines: InvoiceLine[];
  billing_reason: NonNullable<Invoice['billing_reason']>;
  /** The time that the invoice looks back on. */
  period: Period;
  auto_advance: boolean;
  subscription?: Subscription;
  description?: string | null;
  metadata?: Record<string, string>;
  default_payment_method?: string | null;
  footer?: string | null;
  /** The customer is sent the invoice and pays within so many days; without it a payment method is charged. */
  days_until_due?: number | null;
  /** Instead of a number of days, in seconds. */
  due_date?: number | null;
}

/** A new draft. Emits `invoice.created`. */
export function createInvoice(world: World, draft: InvoiceDraft): Invoice {
  const invoice = world.store.insert(buildInvoice(world, world.newId('in'), draft));
  world.emit('invoice.created', invoice);
  return invoice;
}

/** The draft, not stored. */
export function buildInvoice(world: World, id: string, draft: InvoiceDraft): Invoice {
  const { customer } = draft;
  const dueDate = dueDateOf(world, draft);
  const finalizesAt = draft.auto_advance ? world.now() + DRAFT_SECONDS : null;
  return withTotals({
    id,
    object: 'invoice',
    ...EMPTY_DRAFT,
    auto_advance: draft.auto_advance,
    automatically_finalizes_at: finalizesAt,
    billing_reason: draft.billing_reason,
    collection_method: dueDate === null ? 'charge_automatically' : 'send_invoice',
    created: world.now(),
    currency: draft.currency,
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: customer.shipping,
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    default_payment_method: draft.default_payment_method ?? null,
    description: draft.description ?? null,
    due_date: dueDate,
    footer: draft.footer ?? null,
    lines: {
      object: 'list',
      data: draft.lines.map((line) => ({ ...line, invoice: id })),
      has_more: false,
      url: `/v1/invoices/${id}/lines`,
    },
    metadata: draft.metadata ?? {},
    next_payment_attempt: dueDate === null ? finalizesAt : null,
    parent: parentOf(draft.subscription),
    period_end: draft.period.end,
    period_start: draft.period.start,
    test_clock: customer.test_clock ?? null,
    webhooks_delivered_at: world.now(),
  });
}

function dueDateOf(world: World, { days_until_due, due_date }: InvoiceDraft): number | null {
  return due_date ?? (days_until_due == null ? null : world.now() + days_until_due * DAY_SECONDS);
}

/** A draft of nothing; much of it the sandbox never fills. */
const EMPTY_DRAFT = {
  account_country: ACCOUNT_COUNTRY,
  account_name: null,
  account_tax_ids: null,
  amount_due: 0,
  amount_overpaid: 0,
  amount_paid: 0,
  amount_remaining: 0,
  amount_shipping: 0,
  application: null,
  attempt_count: 0,
  attempted: false,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
  custom_fields: null,
  customer_account: null,
  customer_tax_ids: [],
  default_source: null,
  default_tax_rates: [],
  discounts: [],
  effective_at: null,
  ending_balance: null,
  from_invoice: null,
  hosted_invoice_url: null,
  invoice_pdf: null,
  issuer: { type: 'self' },
  last_finalization_error: null,
  latest_revision: null,
  livemode: false,
  number: null,
  on_behalf_of: null,
  payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  receipt_number: null,
  rendering: null,
  shipping_cost: null,
  shipping_details: null,
  starting_balance: 0,
  statement_descriptor: null,
  status: 'draft',
  status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
  subtotal: 0,
  subtotal_excluding_tax: 0,
  total: 0,
  total_discount_amounts: [],
  total_excluding_tax: 0,
  total_pretax_credit_amounts: [],
  total_taxes: [],
} satisfies Partial<Invoice>;

function parentOf(subscription: Subscription | undefined): Invoice['parent'] {
  if (subscription === undefined) return null;
  return {
    quote_details: null,
    subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
    type: 'subscription_details',
  };
}

/** The amounts that follow from an unpaid invoice's lines. */
export function withTotals(invoice: Invoice): Invoice {
  const total = invoice.lines.data.reduce((sum, line) => sum + line.amount, 0);
  const due = Math.max(total, 0);
  return {
    ...invoice,
    amount_due: due,
    amount_remaining: due,
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
  };
}
