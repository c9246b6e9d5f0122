/** `POST /v1/invoices/create_preview`: what the next invoice would say, also after a change that nobody has made yet. */
import { invalidRequest, StripeError } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { pendingItemsFor } from './invoice-items.ts';
import { itemLine, type Period } from './invoice-lines.ts';
import { buildSubscription } from './new-subscription.ts';
import { prorationsOf } from './proration.ts';
import type { Customer, Invoice, InvoiceLine, Subscription } from './shapes.ts';
import type { Rebilling } from './subscription-changes.ts';
import { isEnded } from './subscription-end.ts';
import { changeItems, type ItemChange } from './subscription-item-changes.ts';
import { currentPeriod, firstItem, periodFrom, priceOrders, subscriptionLines, withPeriod } from './subscription-items.ts';
import { beginsAnew, plannedProrations } from './subscription-rebilling.ts';
import { nextInvoice, previewOf, prorationLines } from './upcoming-invoice.ts';

/** The names are Stripe's. */
export interface PreviewOrder {
  customer?: string | null;
  preview_mode?: 'next' | 'recurring' | null;
  subscription?: string | null;
  subscription_details?: PreviewDetails | null;
}

interface PreviewDetails extends Pick<Rebilling, 'proration_behavior' | 'proration_date'> {
  cancel_now?: boolean | null;
  items?: readonly ItemChange[] | null;
  trial_end?: 'now' | number | null;
}

/** The invoice, not stored. Throws StripeError: 400 for what cannot be ordered, 404 when no invoice will come. */
export function previewInvoice(world: World, order: PreviewOrder): Invoice {
  const details = order.subscription_details ?? {};
  if (order.subscription != null) {
    return previewChange(world, existing<Subscription>(world, 'subscription', order.subscription, 'subscription'), details, order.preview_mode === 'recurring');
  }
  if (order.customer == null) throw invalidRequest('You must provide either `subscription` or `customer`.', 'customer', 'parameter_missing');
  return previewBeginning(world, existing<Customer>(world, 'customer', order.customer, 'customer'), details);
}

function previewChange(world: World, before: Subscription, details: PreviewDetails, isRecurring: boolean): Invoice {
  if (details.trial_end != null) throw invalidRequest('The sandbox previews a trial of a new subscription only.', 'subscription_details[trial_end]');
  if (details.cancel_now === true) return previewEnd(world, before);
  const after = { ...before, items: changeItems(world, before, details.items ?? []) };
  if (!isRenewed(after)) throw noUpcoming(after);
  if (isRecurring) return nextInvoice(world, after, [], []);
  const prorations = plannedProrations(world, before, after, details);
  const isAlone = details.proration_behavior === 'always_invoice' && prorations.length > 0;
  if (!isAlone && !beginsAnew(before, after)) return nextInvoice(world, after, prorations);
  const credits = prorationLines(world, after, prorations);
  return previewNow(world, after, isAlone && !beginsAnew(before, after) ? credits : [...pendingLines(world, after), ...credits, ...newPeriod(world, after)]);
}

function isRenewed(subscription: Subscription): boolean {
  const { cancel_at } = subscription;
  return !isEnded(subscription) && subscription.status !== 'paused' && (cancel_at === null || cancel_at > currentPeriod(subscription).end);
}

function noUpcoming({ customer }: Subscription): StripeError {
  const message = `No upcoming invoices for customer: ${customer}`;
  return new StripeError(404, { type: 'invalid_request_error', code: 'invoice_upcoming_none', message });
}

function previewEnd(world: World, subscription: Subscription): Invoice {
  const credits = prorationLines(world, subscription, prorationsOf(world, subscription, [], world.now()));
  return previewNow(world, subscription, [...pendingLines(world, subscription), ...credits]);
}

function previewBeginning(world: World, customer: Customer, details: PreviewDetails): Invoice {
  const orders = (details.items ?? []).map(({ price, quantity }) => ({ price: price ?? '', quantity: quantity ?? 1 }));
  const prices = priceOrders(world, orders, 'subscription_details[items]');
  const trial_end = details.trial_end ?? null;
  const begun = buildSubscription(world, customer, prices, { customer: customer.id, trial_end });
  const preview = previewNow(world, begun, [...pendingLines(world, begun), ...subscriptionLines(world, begun, currentPeriod(begun))]);
  return { ...preview, parent: null };
}

function pendingLines(world: World, subscription: Subscription): InvoiceLine[] {
  return pendingItemsFor(world, subscription).map((item) => itemLine(world, item));
}

function newPeriod(world: World, subscription: Subscription): InvoiceLine[] {
  const period = periodFrom(firstItem(subscription).price, world.now(), world.now());
  return subscriptionLines(world, withPeriod(subscription, period), period);
}

function previewNow(world: World, subscription: Subscription, lines: InvoiceLine[]): Invoice {
  const period: Period = { start: currentPeriod(subscription).start, end: world.now() };
  return previewOf(world, subscription, lines, period);
}
