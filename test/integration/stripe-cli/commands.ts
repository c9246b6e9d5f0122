/** The commands of the documentation's table that run to their end: what they need, what they print, which event they cause. */
import * as given from './given.ts';
import type { Given } from './given.ts';

export interface Command {
  given?: Given;
  /** Part of the JSON that it prints. */
  prints?: object;
  /** The event that its own calls must have caused. */
  emits?: string;
  /** The object of that event, in part; `$NAME` stands for what was given. */
  about?: Record<string, unknown>;
}

const list = { object: 'list' };

/** The command as the page shows it; `$NAME` is filled in. `--api-base` comes from the test. */
export const COMMANDS: Record<string, Command> = {
  'stripe fixtures fixtures.json': { given: given.fixtureFile, emits: 'price.created', about: { nickname: 'monthly' } },
  'stripe fixtures fixtures.json --override price:nickname=yearly': { given: given.fixtureFile, emits: 'price.created', about: { nickname: 'yearly' } },
  'stripe trigger customer.created --override customer:email=jenny@example.com': { emits: 'customer.created', about: { email: 'jenny@example.com' } },
  'stripe trigger customer.created --add customer:name=Jenny --remove customer:description': { emits: 'customer.created', about: { name: 'Jenny', description: null } },
  'stripe trigger customer.created --api-version 2026-10-28.endive': { emits: 'customer.created' },
  'stripe trigger customer.created --api-version 2024-06-20': { emits: 'customer.created' },
  'stripe trigger customer.created --stripe-account acct_connected': { emits: 'customer.created' },
  'stripe trigger invoice.payment_failed --skip customer --override payment_method:customer=$CUSTOMER --override invoiceitem:customer=$CUSTOMER --override invoice:customer=$CUSTOMER':
    { given: given.customer, emits: 'invoice.payment_failed', about: { customer: '$CUSTOMER' } },
  'stripe trigger customer.subscription.updated --skip customer --override subscription:customer=$CUSTOMER':
    { given: given.customer, emits: 'customer.subscription.updated', about: { customer: '$CUSTOMER' } },

  'stripe get /v1/customers/$CUSTOMER': { given: given.customer, prints: { object: 'customer' } },
  'stripe get /v1/subscriptions --limit 1 --expand data.latest_invoice': { given: given.subscription, prints: { data: [{ latest_invoice: { object: 'invoice' } }] } },
  'stripe post /v1/customers -d email=jenny@example.com': { prints: { email: 'jenny@example.com' }, emits: 'customer.created' },
  'stripe post /v1/customers -d email=jenny@example.com -i $KEY': { given: () => Promise.resolve({ KEY: `key-${Date.now()}` }), prints: { object: 'customer' } },
  'stripe delete /v1/customers/$CUSTOMER --confirm': { given: given.customer, prints: { deleted: true }, emits: 'customer.deleted' },

  'stripe events list --limit 1': { given: given.customer, prints: { data: [{ object: 'event' }] } },
  'stripe events list --type customer.* --limit 1': { given: given.customer, prints: { data: [{ object: 'event' }] } },
  'stripe events retrieve $EVENT': { given: given.event, prints: { type: 'customer.created' } },

  'stripe customers create --email jenny@example.com': { prints: { email: 'jenny@example.com' }, emits: 'customer.created' },
  'stripe customers retrieve $CUSTOMER': { given: given.customer, prints: { object: 'customer' } },
  'stripe customers update $CUSTOMER --name Jenny': { given: given.customer, prints: { name: 'Jenny' }, emits: 'customer.updated' },
  'stripe customers list --limit 1': { given: given.customer, prints: list },
  'stripe customers delete $CUSTOMER --confirm': { given: given.customer, prints: { deleted: true }, emits: 'customer.deleted' },
  'stripe customers search --query email:jenny': {},
  'stripe payment_methods attach pm_card_visa --customer $CUSTOMER': { given: given.customer, prints: { type: 'card' }, emits: 'payment_method.attached' },
  'stripe payment_methods detach $PAYMENT_METHOD': { given: given.paymentMethod, prints: { customer: null }, emits: 'payment_method.detached' },
  'stripe payment_methods list --customer $CUSTOMER': { given: given.customer, prints: { data: [{ type: 'card' }] } },

  'stripe products create --name Pairing': { prints: { name: 'Pairing' }, emits: 'product.created' },
  'stripe products update $PRODUCT --name Pairing': { given: given.product, prints: { name: 'Pairing' }, emits: 'product.updated' },
  'stripe products delete $PRODUCT --confirm': { given: given.product, prints: { deleted: true }, emits: 'product.deleted' },
  'stripe prices create --product $PRODUCT --currency usd --unit-amount 1500 -d recurring[interval]=month': { given: given.product, prints: { unit_amount: 1500 }, emits: 'price.created' },
  'stripe prices update $PRICE --active=false': { given: given.price, prints: { active: false }, emits: 'price.updated' },
  'stripe prices list --limit 1': { given: given.price, prints: list },
  'stripe plans create --currency usd --interval month --amount 1500 -d product=$PRODUCT': { given: given.product, prints: { object: 'plan' }, emits: 'plan.created' },
  'stripe coupons create --percent-off 10': {},

  'stripe subscriptions create --customer $CUSTOMER -d items[0][price]=$PRICE': { given: given.buyer, prints: { status: 'active' }, emits: 'customer.subscription.created' },
  'stripe subscriptions retrieve $SUBSCRIPTION': { given: given.subscription, prints: { status: 'active' } },
  'stripe subscriptions update $SUBSCRIPTION --cancel-at-period-end=true': { given: given.subscription, prints: { object: 'subscription' }, emits: 'customer.subscription.updated' },
  'stripe subscriptions list --customer $CUSTOMER': { given: given.subscription, prints: { data: [{ status: 'active' }] } },
  'stripe subscriptions cancel $SUBSCRIPTION --confirm': { given: given.subscription, prints: { status: 'canceled' }, emits: 'customer.subscription.deleted' },
  'stripe subscriptions resume $SUBSCRIPTION -d payment_behavior=resume_on_payment_success': { given: given.pausedSubscription, prints: { status: 'active' }, emits: 'customer.subscription.resumed' },

  'stripe invoiceitems create --customer $CUSTOMER --amount 2000 --currency usd': { given: given.customer, prints: { amount: 2000 }, emits: 'invoiceitem.created' },
  'stripe invoices create --customer $CUSTOMER': { given: given.customer, prints: { status: 'draft' }, emits: 'invoice.created' },
  'stripe invoices retrieve $INVOICE': { given: given.subscription, prints: { status: 'paid' } },
  'stripe invoices list --customer $CUSTOMER': { given: given.subscription, prints: { data: [{ status: 'paid' }] } },
  'stripe invoices finalize_invoice $INVOICE': { given: given.draft, prints: { status: 'open' }, emits: 'invoice.finalized' },
  'stripe invoices pay $INVOICE': { given: given.openInvoice, prints: { status: 'paid' }, emits: 'invoice.paid' },
  'stripe invoices void_invoice $INVOICE': { given: given.openInvoice, prints: { status: 'void' }, emits: 'invoice.voided' },
  'stripe invoices mark_uncollectible $INVOICE': { given: given.openInvoice, prints: { status: 'uncollectible' }, emits: 'invoice.marked_uncollectible' },
  'stripe invoices delete $INVOICE --confirm': { given: given.draft, prints: { deleted: true }, emits: 'invoice.deleted' },

  'stripe payment_intents create --amount 2000 --currency usd --payment-method pm_card_visa -d confirm=true -d automatic_payment_methods[enabled]=true -d automatic_payment_methods[allow_redirects]=never':
    { prints: { status: 'succeeded' }, emits: 'payment_intent.succeeded' },
  'stripe payment_intents confirm $PAYMENT_INTENT': { given: given.paymentIntent, prints: { status: 'succeeded' }, emits: 'payment_intent.succeeded' },
  'stripe payment_intents cancel $PAYMENT_INTENT': { given: given.paymentIntent, prints: { status: 'canceled' }, emits: 'payment_intent.canceled' },
  'stripe setup_intents create --customer $CUSTOMER': { given: given.customer, prints: { object: 'setup_intent' }, emits: 'setup_intent.created' },
  'stripe charges list --customer $CUSTOMER': { given: given.subscription, prints: { data: [{ paid: true }] } },

  'stripe checkout sessions create --mode subscription --success-url https://shop.example -d line_items[0][price]=$PRICE -d line_items[0][quantity]=1':
    { given: given.price, prints: { status: 'open' } },
  'stripe checkout sessions expire $CHECKOUT': { given: given.checkoutSession, prints: { status: 'expired' }, emits: 'checkout.session.expired' },
  'stripe billing_portal configurations create -d features[invoice_history][enabled]=true': { prints: { active: true }, emits: 'billing_portal.configuration.created' },
  'stripe billing_portal configurations update $CONFIGURATION --active=false': { given: given.portalConfiguration, prints: { active: false }, emits: 'billing_portal.configuration.updated' },
  'stripe billing_portal configurations list --limit 1': { prints: list },
  'stripe billing_portal sessions create --customer $CUSTOMER': { given: given.customer, prints: { object: 'billing_portal.session' }, emits: 'billing_portal.session.created' },
  'stripe webhook_endpoints create --url https://shop.example/hooks --enabled-events invoice.paid': { prints: { status: 'enabled', enabled_events: ['invoice.paid'] } },
  'stripe webhook_endpoints update $ENDPOINT -d disabled=true': { given: given.webhookEndpoint, prints: { status: 'disabled' } },
  'stripe webhook_endpoints list': { given: given.webhookEndpoint, prints: list },
  'stripe webhook_endpoints delete $ENDPOINT --confirm': { given: given.webhookEndpoint, prints: { deleted: true } },
  'stripe test_helpers test_clocks create --frozen-time 1800000000': { prints: { status: 'ready' }, emits: 'test_helpers.test_clock.created' },
  'stripe test_helpers test_clocks advance $CLOCK --frozen-time $LATER': { given: given.testClock, emits: 'test_helpers.test_clock.ready' },
  'stripe test_helpers test_clocks delete $CLOCK --confirm': { given: given.testClock, prints: { deleted: true }, emits: 'test_helpers.test_clock.deleted' },
  'stripe balance retrieve': { prints: { object: 'balance' } },
  'stripe v2 core events list': {},
};
