/** What follows when the holder of a card answered the bank: the intent goes on, and with it whatever waited for it. */
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { resumeCheckout, successUrl } from './checkout.ts';
import type { StoredSession } from './checkout-sessions.ts';
import { collectInvoice } from './invoice-payment.ts';
import { resumePaymentIntent } from './payment-intents.ts';
import { keepCard } from './payment-methods.ts';
import { resumeSetupIntent } from './setup-intents.ts';
import type { Invoice, InvoicePayment, PaymentIntent, PaymentMethod, SetupIntent } from './shapes.ts';

type Intent = PaymentIntent | SetupIntent;

export interface Authentication {
  intent: Intent;
  /** Where the card's holder goes next: the shop, the Checkout page to try another card, the invoice; null when nothing says. */
  redirectUrl: string | null;
}

/**
 * Answers the challenge of an intent in `requires_action`. The intent succeeds, or needs another card; a Checkout Session or
 * an open invoice that waited for it goes on. Throws StripeError: 404 for no such intent, 400 for one that does not wait.
 */
export function authenticate(world: World, intentId: string, outcome: 'complete' | 'fail'): Authentication {
  return world.store.transaction(() => {
    const kind = intentId.startsWith('seti_') ? 'setup_intent' : 'payment_intent';
    const waiting = existing<Intent>(world, kind, intentId);
    if (waiting.status !== 'requires_action') {
      throw invalidRequest(`Nothing is to be authenticated: the status of ${intentId} is ${waiting.status}.`);
    }
    const resume = (then: World): Intent => resumeIntent(then, waiting, outcome === 'complete');
    const session = world.store.all<StoredSession>('checkout.session', { _intent: intentId, status: 'open' })[0];
    if (session === undefined) return afterIntent(world, waiting, resume(world));
    const { status, ...resumed } = resumeCheckout(world, session, resume);
    const redirectUrl = status === 'complete' ? successUrl(session) : resumed.url;
    return { intent: existing<Intent>(world, kind, intentId), redirectUrl };
  });
}

function resumeIntent(world: World, intent: Intent, isAuthentic: boolean): Intent {
  if (intent.object === 'setup_intent') return resumeSetupIntent(world, intent, isAuthentic);
  return resumePaymentIntent(world, intent, isAuthentic);
}

function afterIntent(world: World, waiting: Intent, intent: Intent): Authentication {
  const invoice = intent.object === 'payment_intent' ? payInvoiceOf(world, intent, waiting.payment_method) : undefined;
  const returnUrl = waiting.next_action?.redirect_to_url?.return_url;
  if (returnUrl == null) return { intent, redirectUrl: invoice?.hosted_invoice_url ?? null };
  return { intent, redirectUrl: withOutcome(returnUrl, intent) };
}

/** @see https://docs.stripe.com/payments/3d-secure/authentication-flow */
function withOutcome(returnUrl: string, intent: Intent): string {
  const url = new URL(returnUrl);
  url.searchParams.set(intent.object, intent.id);
  url.searchParams.set(`${intent.object}_client_secret`, intent.client_secret ?? '');
  url.searchParams.set('redirect_status', intent.status === 'requires_payment_method' ? 'failed' : 'succeeded');
  return url.href;
}

/** The open invoice that an intent was confirmed for is paid, or has failed once more; `undefined` when it is for none. */
export function payInvoiceOf(world: World, confirmed: PaymentIntent, paymentMethodId: string | null): Invoice | undefined {
  const [payment] = world.store.all<InvoicePayment>('invoice_payment', { 'payment.payment_intent': confirmed.id, status: 'open' });
  if (payment === undefined || confirmed.status === 'requires_action') return undefined;
  const invoice = existing<Invoice>(world, 'invoice', payment.invoice);
  const paymentMethod = world.store.find<PaymentMethod>('payment_method', paymentMethodId ?? '');
  const tried = collectInvoice(world, invoice, { automatic: false, paymentMethod, confirmed });
  if (tried.status === 'paid') keepCard(world, paymentMethod, tried.customer);
  return tried;
}
