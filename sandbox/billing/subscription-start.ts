/** How a subscription begins: with a trial, or with a first payment that decides whether it is active. */
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { change, tellInOrder } from './change.ts';
import { createInvoiceItem, pendingItemsFor, subscriptionIdOf } from './invoice-items.ts';
import { productName } from './invoice-lines.ts';
import { collectInvoice, issueInvoice, missingPaymentMethod, payingMethod, paymentRefusal } from './invoice-payment.ts';
import { buildSubscription, trialEnd, type SubscriptionOrder } from './new-subscription.ts';
import type { Customer, Invoice, PaymentIntent, Price, Subscription } from './shapes.ts';
import { draftSubscriptionInvoice } from './subscription-invoice.ts';
import { priceOrders, rememberItems, type PricedOrder } from './subscription-items.ts';
import { isEnded } from './subscription-end.ts';
import { cancellationAt } from './subscription-schedule.ts';
import type { StoredSubscription } from './subscription-memory.ts';
import { refuseFullCustomer } from './test-clock-limits.ts';
import { remindOfTrialEnd } from './trial-reminder.ts';

/** A trial costs nothing, but pending items may come with it. */
const TOLD_OF_A_TRIAL = [
  'charge.succeeded',
  'charge.failed',
  'payment_method.attached',
  'setup_intent.succeeded',
  'setup_intent.created',
  'checkout.session.completed',
  'customer.created',
  'customer.updated',
  'payment_intent.succeeded',
  'payment_intent.created',
  'payment_intent.requires_action',
  'payment_intent.payment_failed',
  'invoiceitem.created',
  'invoice.created',
  'invoice.finalized',
  'invoice.paid',
  'invoice.payment_succeeded',
  'invoice.payment_action_required',
  'invoice.payment_failed',
  'customer.subscription.created',
  'customer.subscription.trial_will_end',
  'invoice_payment.paid',
] as const;

const TOLD_OF_A_PAYMENT = [
  'charge.succeeded',
  'charge.failed',
  'payment_method.attached',
  'checkout.session.completed',
  'customer.created',
  'customer.updated',
  'customer.subscription.created',
  'payment_intent.succeeded',
  'payment_intent.created',
  'payment_intent.requires_action',
  'payment_intent.payment_failed',
  'invoiceitem.created',
  'invoice.created',
  'invoice.finalized',
  'invoice.paid',
  'invoice.payment_succeeded',
  'invoice.payment_action_required',
  'invoice.payment_failed',
  'invoice_payment.paid',
] as const;

/** The order in which a beginning is told, as recorded from Stripe. */
export function beginningOrder(hasTrial: boolean): readonly string[] {
  return hasTrial ? TOLD_OF_A_TRIAL : TOLD_OF_A_PAYMENT;
}

/**
 * Subscribes a customer: `trialing` with a trial, else `active` or `incomplete` by the first payment. Throws StripeError:
 * 400 for what cannot be ordered or paid, 402 with `payment_behavior: error_if_incomplete` and a declined card.
 */
export function createSubscription(world: World, order: SubscriptionOrder): Subscription {
  const hasTrial = trialEnd(world, order) !== null;
  return tellInOrder(world, beginningOrder(hasTrial), (telling) => beginSubscription(telling, order, priceOrders(telling, order.items)));
}

/** What Checkout sold besides: what is paid once, with the first invoice, and the payment that it has taken already. */
interface Sale {
  once?: readonly PricedOrder[];
  paidBy?: PaymentIntent | undefined;
}

/** The same for prices that are known, without an order of events: for Checkout, which tells more than this. */
export function beginSubscription(
  world: World,
  order: Omit<SubscriptionOrder, 'items'>,
  prices: readonly PricedOrder[],
  { once = [], paidBy }: Sale = {},
): Subscription {
  const customer = existing<Customer>(world, 'customer', order.customer, 'customer');
  if (customer.test_clock != null) refuseFullCustomer(world, customer.id);
  const built = buildSubscription(world, customer, prices, order);
  refuseOtherCurrency(world, customer.id, built.currency);
  const _upcoming_days = world.switchOf('upcoming_invoice_days');
  const begun = world.store.insert<StoredSubscription>({ ...built, ...cancellationAt(world, built, order), _upcoming_days });
  rememberItems(world, begun);
  setCurrency(world, customer, begun.currency);
  for (const { price, quantity } of once) billOnce(world, begun, price, quantity);
  const invoice = billBeginning(world, begun, paidBy);
  payBeginning(world, invoice, order, paidBy);
  const subscription = world.store.find<Subscription>('subscription', begun.id) ?? begun;
  world.emit('customer.subscription.created', subscription);
  remindOfTrialEnd(world, subscription.id);
  return subscription;
}

/** Throws StripeError (400) for a customer whose running subscriptions are billed in another currency. */
export function refuseOtherCurrency(world: World, customer: string, currency: string): void {
  const running = world.store.all<Subscription>('subscription', { customer }).filter((one) => !isEnded(one));
  const other = running.find((one) => one.currency !== currency);
  if (other === undefined) return;
  const rule = 'You cannot combine currencies on a single customer.';
  throw invalidRequest(`${rule} This customer has an active subscription with currency ${other.currency}`);
}

function setCurrency(world: World, customer: Customer, currency: string): void {
  if (customer.currency == null) change(world, 'customer.updated', { ...customer, currency });
}

function billOnce(world: World, { id, customer }: Subscription, price: Price, quantity: number | null | undefined): void {
  createInvoiceItem(world, { customer, description: productName(world, price), pricing: { price: price.id }, quantity: quantity ?? 1, subscription: id });
}

/** What Checkout sold is paid already: what else is pending waits for the next invoice. */
function billBeginning(world: World, subscription: Subscription, paidBy: PaymentIntent | undefined): Invoice {
  const now = { start: world.now(), end: world.now() };
  const items = pendingItemsFor(world, subscription).filter((item) => paidBy === undefined || subscriptionIdOf(item) === subscription.id);
  const invoice = draftSubscriptionInvoice(world, subscription, 'subscription_create', now, items);
  world.store.save({ ...subscription, latest_invoice: invoice.id });
  return invoice;
}

function payBeginning(world: World, invoice: Invoice, order: Pick<SubscriptionOrder, 'collection_method' | 'payment_behavior'>, confirmed?: PaymentIntent): void {
  if (order.collection_method === 'send_invoice') return;
  if (order.payment_behavior === 'default_incomplete' && invoice.amount_due > 0) {
    issueInvoice(world, invoice, false);
    return;
  }
  if (invoice.amount_due > 0 && payingMethod(world, invoice) === undefined) throw missingPaymentMethod();
  const collected = collectInvoice(world, invoice, { automatic: false, confirmed });
  if (collected.status !== 'paid' && order.payment_behavior === 'error_if_incomplete') {
    throw paymentRefusal(world, collected, { keepsWrites: false });
  }
}
