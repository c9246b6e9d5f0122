/** What the portal's first page shows of a customer. */
import type { Address } from '../../billing/shapes.ts';
import type { World } from '../../world.ts';
import { countryName } from '../countries.ts';
import { savedCards } from './cards.ts';
import type { BillingInformationView, HomeView, PaymentMethodsView } from './home-view.ts';
import { invoicesView } from './invoice-history.ts';
import { shownSubscriptions, type PortalVisit } from './session.ts';
import { subscriptionView } from './subscription-words.ts';

/** What the address of the first page may ask for; nothing of it is trusted. */
interface Asked {
  /** What was just done. */
  done: string | null;
  invoicesAfter: unknown;
}

export function homeView(world: World, portal: PortalVisit, { done, invoicesAfter }: Asked): HomeView {
  const { customer_update, invoice_history, payment_method_update } = portal.features;
  return {
    business: portal.business,
    done,
    subscriptions: shownSubscriptions(world, portal).map((subscription) => subscriptionView(world, portal, subscription)),
    paymentMethods: payment_method_update.enabled ? paymentMethodsView(world, portal) : null,
    billingInformation: customer_update.enabled ? billingInformation(portal) : null,
    invoices: invoice_history.enabled ? invoicesView(world, portal, invoicesAfter) : null,
  };
}

function paymentMethodsView(world: World, portal: PortalVisit): PaymentMethodsView {
  return { cards: savedCards(world, portal), updateUrl: `${portal.root}/payment-methods` };
}

function billingInformation({ customer, features, root }: PortalVisit): BillingInformationView {
  const { shipping } = customer;
  const rows = {
    Name: customer.name,
    Email: customer.email,
    Phone: customer.phone,
    Address: addressText(customer.address),
    Shipping: [shipping?.name, addressText(shipping?.address), shipping?.phone].filter(Boolean).join(', '),
  };
  return {
    rows: Object.entries(rows).flatMap(([label, value]) => (value ? [{ label, value }] : [])),
    updateUrl: features.customer_update.allowed_updates.some(isBuilt) ? `${root}/customer` : null,
  };
}

/** The sandbox knows no tax ids. */
function isBuilt(update: string): boolean {
  return update !== 'tax_id';
}

function addressText(address: Partial<Address> | null | undefined): string {
  if (address == null) return '';
  const { line1, line2, postal_code, city, state, country } = address;
  return [line1, line2, [postal_code, city].filter(Boolean).join(' '), state, country && countryName(country)].filter(Boolean).join(', ');
}
