/** /v1/customers */
import { attachPaymentMethod, paymentMethodFor } from '../billing/payment-methods.ts';
import { change } from '../billing/change.ts';
import { buildCustomer, deleteCustomer } from '../billing/customers.ts';
import type { Address, Customer } from '../billing/shapes.ts';
import { joinTestClock } from '../billing/test-clocks.ts';
import { existing } from '../wire/existing.ts';
import { email } from '../wire/formats.ts';
import { choice, hash, integer, list, mergeMetadata, metadata, string, type Params } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';
import { deletedCustomer } from '../wire/show.ts';
import type { World } from '../world.ts';
import { addressSpec } from './sent-payment-method.ts';

const settableSpec = {
  address: hash(addressSpec),
  balance: integer(),
  description: string(),
  email: email({ max: 512 }),
  invoice_prefix: string({ max: 12 }),
  invoice_settings: hash({
    custom_fields: list(hash({ name: string(), value: string() })),
    default_payment_method: string(),
    footer: string(),
  }),
  metadata: metadata(),
  name: string({ max: 256 }),
  next_invoice_sequence: integer({ min: 1 }),
  phone: string({ max: 20 }),
  preferred_locales: list(string()),
  shipping: hash({ address: hash(addressSpec), name: string(), phone: string() }),
  tax_exempt: choice(['exempt', 'none', 'reverse']),
};
type Settable = Params<typeof settableSpec>;

export const customerRoutes = [
  route('POST', '/v1/customers', { ...settableSpec, payment_method: string(), test_clock: string() }, (world, { params }) => {
    const { payment_method: card, test_clock: clock, ...settable } = params;
    const blank = { ...buildCustomer(world), test_clock: clock ? joinTestClock(world, clock) : null };
    const customer = world.store.insert(withChanges(world, blank, { ...settable, invoice_settings: null }));
    const attached = card ? attachPaymentMethod(world, card, customer.id, 'payment_method').id : undefined;
    const named = settable.invoice_settings?.default_payment_method;
    const settings = named && named === card ? { ...settable.invoice_settings, default_payment_method: attached } : settable.invoice_settings;
    const created = world.store.save(withChanges(world, customer, { invoice_settings: settings }));
    world.emit('customer.created', created);
    return created;
  }),
  route('GET', '/v1/customers/:id', {}, (world, { path }) => {
    return deletedCustomer(world, path.id) ?? existing<Customer>(world, 'customer', path.id);
  }),
  route('POST', '/v1/customers/:id', settableSpec, (world, { path, params }) => {
    const customer = existing<Customer>(world, 'customer', path.id);
    return change(world, 'customer.updated', withChanges(world, customer, params));
  }),
  route('DELETE', '/v1/customers/:id', {}, (world, { path }) => {
    return deleteCustomer(world, existing<Customer>(world, 'customer', path.id));
  }),
  // Customers with a test clock are listed only where it is named.
  listRoute('/v1/customers', 'customer', { email: string(), test_clock: string() }, ({ email, test_clock }) => ({
    ...(email == null ? {} : { email }),
    test_clock: test_clock ?? null,
  })),
];

/** The customer with everything that was sent; what was not sent stays. */
function withChanges(world: World, customer: Customer, sent: Settable): Customer {
  const { address, shipping, invoice_settings, metadata: tags, tax_exempt, preferred_locales, ...plain } = sent;
  return {
    ...customer,
    ...(plain as Partial<Customer>),
    ...(address === undefined ? {} : { address: address && wholeAddress(address) }),
    ...(shipping === undefined ? {} : { shipping: shipping && wholeShipping(shipping) }),
    ...(tax_exempt === undefined ? {} : { tax_exempt: tax_exempt ?? 'none' }),
    ...(preferred_locales === undefined ? {} : { preferred_locales: preferred_locales ?? [] }),
    invoice_settings: { ...customer.invoice_settings, ...invoiceSettings(world, customer, invoice_settings) },
    metadata: mergeMetadata(customer.metadata, tags),
  };
}

function wholeAddress(sent: Params<typeof addressSpec>): Address {
  const empty = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
  return { ...empty, ...sent };
}

function wholeShipping(sent: NonNullable<Settable['shipping']>): Customer['shipping'] {
  return { address: wholeAddress(sent.address ?? {}), name: sent.name ?? '', phone: sent.phone ?? null };
}

function invoiceSettings(world: World, customer: Customer, sent: Settable['invoice_settings']): Partial<Customer['invoice_settings']> {
  const card = sent?.default_payment_method;
  if (!card) return (sent ?? {}) as Partial<Customer['invoice_settings']>;
  const param = 'invoice_settings[default_payment_method]';
  return { ...sent, default_payment_method: paymentMethodFor(world, customer.id, card, param).id } as Partial<Customer['invoice_settings']>;
}
