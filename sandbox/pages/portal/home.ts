/** What the portal's first page shows of a customer. */
import type { Customer, Invoice, PaymentMethod, Subscription } from '../../billing/shapes.ts';
import type { World } from '../../world.ts';
import { countryName } from '../countries.ts';
import { cardExpiry, cardLabel, money, shortDate } from '../format.ts';
import type { BillingInformationView, HomeView, InvoiceRow, PaymentMethodsView } from './home-view.ts';
import { shownSubscriptions, type PortalVisit } from './session.ts';
import { subscriptionView } from './subscription-words.ts';

const NEWEST_INVOICES = 100;

export function homeView(world: World, portal: PortalVisit, done: string | null): HomeView {
  const { customer_update, invoice_history, payment_method_update } = portal.features;
  return {
    business: portal.business,
    done,
    subscriptions: shownSubscriptions(world, portal).map((subscription) => subscriptionView(world, portal, subscription)),
    paymentMethods: payment_method_update.enabled ? paymentMethodsView(world, portal) : null,
    billingInformation: customer_update.enabled ? billingInformation(portal) : null,
    invoices: invoice_history.enabled ? invoiceRows(world, portal.customer) : null,
  };
}

function paymentMethodsView(world: World, portal: PortalVisit): PaymentMethodsView {
  return { cards: savedCards(world, portal), updateUrl: `${portal.root}/payment-methods` };
}

/** The customer's cards, newest first; the default is the one that pays for the subscription. */
export function savedCards(world: World, portal: PortalVisit): PaymentMethodsView['cards'] {
  const { customer } = portal;
  const paying = shownSubscriptions(world, portal).find(({ default_payment_method: id }) => id !== null);
  const defaultId = payingId(paying) ?? customer.invoice_settings.default_payment_method;
  return world.store
    .all<PaymentMethod>('payment_method', { customer: customer.id })
    .reverse()
    .map((card) => ({ id: card.id, label: cardLabel(card), expires: cardExpiry(card), isDefault: card.id === defaultId }));
}

function payingId(subscription: Subscription | undefined): string | null {
  return subscription?.default_payment_method ?? null;
}

function billingInformation({ customer, features, root }: PortalVisit): BillingInformationView {
  const rows = { Name: customer.name, Email: customer.email, Phone: customer.phone, Address: addressOf(customer) };
  return {
    rows: Object.entries(rows).flatMap(([label, value]) => (value ? [{ label, value }] : [])),
    updateUrl: features.customer_update.allowed_updates.length > 0 ? `${root}/customer` : null,
  };
}

function addressOf({ address }: Customer): string {
  if (address == null) return '';
  const { line1, line2, postal_code, city, state, country } = address;
  return [line1, line2, [postal_code, city].filter(Boolean).join(' '), state, country && countryName(country)].filter(Boolean).join(', ');
}

const STATUS_TAGS: Readonly<Record<string, InvoiceRow['status']>> = {
  open: { label: 'Open', tone: 'warning' },
  paid: { label: 'Paid', tone: 'good' },
  uncollectible: { label: 'Uncollectible', tone: 'quiet' },
  void: { label: 'Void', tone: 'quiet' },
};

function invoiceRows(world: World, customer: Customer): InvoiceRow[] {
  const { data } = world.store.list<Invoice>('invoice', { where: { customer: customer.id }, limit: NEWEST_INVOICES });
  return data.flatMap((invoice) => {
    const status = STATUS_TAGS[invoice.status ?? ''];
    return status === undefined ? [] : [invoiceRow(invoice, status)];
  });
}

function invoiceRow(invoice: Invoice, status: InvoiceRow['status']): InvoiceRow {
  return {
    date: shortDate(invoice.created),
    number: invoice.number ?? invoice.id,
    amount: money(invoice.total, invoice.currency),
    status,
    url: invoice.hosted_invoice_url ?? null,
    isPayable: invoice.status === 'open',
  };
}
