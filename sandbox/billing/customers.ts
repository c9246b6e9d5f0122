/** What billing needs of customers, and what their portal changes for them. */
import { randomText } from '../ids.ts';
import { existing } from '../wire/existing.ts';
import type { StripeObject, World } from '../world.ts';
import { change } from './change.ts';
import type { CardDetails } from './cards.ts';
import { createPaymentMethod } from './payment-methods.ts';
import { confirmSetupIntent, createSetupIntent } from './setup-intents.ts';
import type { Customer, PaymentMethod, SetupIntent, Subscription } from './shapes.ts';
import { endSubscription, isEnded } from './subscription-end.ts';

const INVOICE_PREFIX_LENGTH = 8;

/** A customer of whom nothing is known yet. */
export function buildCustomer(world: World): Customer {
  return {
    id: world.newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: world.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(INVOICE_PREFIX_LENGTH).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}

/**
 * The portal's new card, by the set-up that its page opened: once it is set up, it pays for the customer and for all that is
 * subscribed. An open invoice waits for its next try, unless it is paid by hand. Emits `payment_method.attached`,
 * `setup_intent.*`, `customer.updated` and `customer.subscription.updated`. The set-up waits in `requires_action` for a holder
 * who is asked; one that the bank refuses needs another card.
 */
export function setDefaultPaymentMethod(
  world: World,
  customerId: string,
  card: CardDetails & { billing?: Partial<PaymentMethod['billing_details']> },
  opened?: SetupIntent,
): SetupIntent {
  return world.store.transaction(() => {
    const customer = existing<Customer>(world, 'customer', customerId);
    const created = createPaymentMethod(world, card, { email: customer.email, ...card.billing });
    const setup = confirmSetupIntent(world, opened ?? createSetupIntent(world, { customer: customerId }), created);
    if (setup.status === 'succeeded') payWith(world, customer, created.id);
    return setup;
  });
}

/** A card that the customer has already pays from now on, for all that is subscribed too; to be called in a transaction. */
export function payWith(world: World, customer: Customer, default_payment_method: string): void {
  const invoice_settings = { ...customer.invoice_settings, default_payment_method };
  change<Customer>(world, 'customer.updated', { ...customer, invoice_settings });
  const subscriptions = world.store.all<Subscription>('subscription', { customer: customer.id });
  for (const subscription of subscriptions.filter((one) => !isEnded(one))) {
    change<Subscription>(world, 'customer.subscription.updated', { ...subscription, default_payment_method });
  }
}

/** What a deletion leaves of a customer. */
export interface DeletedCustomer extends StripeObject {
  deleted: true;
}

/** Ends what the customer pays for and keeps a mark of the deletion, which a retrieval shows. Emits `customer.deleted`. */
export function deleteCustomer(world: World, customer: Customer): DeletedCustomer {
  for (const subscription of world.store.all<Subscription>('subscription', { customer: customer.id })) {
    if (!isEnded(subscription)) endSubscription(world, subscription, null);
  }
  const shown: DeletedCustomer = { id: customer.id, object: 'customer', deleted: true };
  const marker: StripeObject & { shown: DeletedCustomer } = { id: customer.id, object: '_deleted_customer', shown };
  world.store.remove('customer', customer.id);
  world.store.insert(marker);
  world.emit('customer.deleted', customer);
  return shown;
}
