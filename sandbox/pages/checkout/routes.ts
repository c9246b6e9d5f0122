/** /c/pay/:session: shows a Checkout Session, takes the card, sends the customer back to the shop. */
import express, { type Response, type Router } from 'express';
import { completeCheckout, completeCheckoutWithoutCard, successUrl, type CompletedCheckout } from '../../billing/checkout.ts';
import type { StoredSession } from '../../billing/checkout-sessions.ts';
import type { PaymentIntent, SetupIntent } from '../../billing/shapes.ts';
import type { World } from '../../world.ts';
import { tryCard, type CardAttempt } from '../card-form.ts';
import { DEFAULT_COUNTRY } from '../countries.ts';
import type { FieldErrors, FieldValues } from '../fields.ts';
import { leavePage, messagePage } from '../layout.ts';
import { formOf, Refusal, send } from '../serving.ts';
import { webhooksAnswered } from './answered-webhooks.ts';
import { CARD_IDS, entryOf, errorsBesidesCard, questionsOf } from './form.ts';
import { offerOf, sellerOf } from './offer.ts';
import { checkoutPage } from './view.ts';

const BLANK: FieldValues = { billingCountry: DEFAULT_COUNTRY };

export function checkoutRouter(world: World): Router {
  const router = express.Router();
  router.get('/:session', (request, response) => {
    const session = sessionOf(world, request.params.session);
    if (session.status !== 'open') return showClosed(world, response, session);
    const problem = request.query.tried === undefined ? undefined : problemOfLastTry(world, session);
    send(response, problem === undefined ? 200 : 402, pageOf(world, session, BLANK, { cardNumber: problem }));
  });
  router.post('/:session', async (request, response) => {
    const session = sessionOf(world, request.params.session);
    if (session.status === 'expired') return showClosed(world, response, session);
    const attempt = session.status === 'open' ? pay(world, session, formOf(request)) : undefined;
    if (attempt && 'errors' in attempt) return send(response, attempt.status, pageOf(world, session, formOf(request), attempt.errors));
    if (attempt?.done.session.status === 'open') return response.redirect(303, new URL(attempt.done.redirectUrl).pathname);
    // A second click, or a second tab, buys nothing twice: it goes where the first one goes.
    await webhooksAnswered(world, session.id);
    send(response, 200, leavePage('Thank you', successUrl(session), sellerOf(world, session)));
  });
  router.post('/:session/promotion', (request, response) => {
    const session = sessionOf(world, request.params.session);
    if (session.status !== 'open') return showClosed(world, response, session);
    const values = { ...BLANK, ...formOf(request) };
    const problem = values.promotionCode ? 'This code is invalid.' : 'Enter a code.';
    send(response, 422, pageOf(world, session, values, { promotionCode: problem }));
  });
  return router;
}

function sessionOf(world: World, id: string): StoredSession {
  const session = world.store.find<StoredSession>('checkout.session', id);
  if (session !== undefined) return session;
  throw new Refusal(404, 'Nothing to pay here', 'There is no such Checkout page. Go back to the shop and try again.');
}

const CLOSED = {
  complete: { status: 200, title: "You're all done here", text: 'You have already completed this payment.' },
  expired: { status: 410, title: 'This page has expired', text: 'Go back to the shop to start again.' },
} as const;

function showClosed(world: World, response: Response, session: StoredSession): void {
  const { status, title, text } = CLOSED[session.status === 'complete' ? 'complete' : 'expired'];
  const back = session.cancel_url === null ? undefined : { href: session.cancel_url, label: `Back to ${sellerOf(world, session)}` };
  send(response, status, messagePage(title, text, back));
}

function pageOf(world: World, session: StoredSession, values: FieldValues, errors: FieldErrors): string {
  return checkoutPage({
    business: sellerOf(world, session),
    cancelUrl: session.cancel_url,
    offer: offerOf(world, session),
    questions: questionsOf(session),
    fixedEmail: session.customer_details?.email ?? null,
    promotionUrl: session.allow_promotion_codes === true ? `/c/pay/${session.id}/promotion` : null,
    payUrl: `/c/pay/${session.id}`,
    values,
    errors,
  });
}

function pay(world: World, session: StoredSession, form: FieldValues): CardAttempt<CompletedCheckout> {
  const questions = questionsOf(session);
  const otherErrors = errorsBesidesCard(questions, form);
  if (!questions.card) {
    if (Object.keys(otherErrors).length > 0) return { status: 422, errors: otherErrors };
    return { done: completeCheckoutWithoutCard(world, session.id, { email: form.email ?? null }) };
  }
  return tryCard({ ids: CARD_IDS, fields: form, otherErrors }, world.now(), (card) => completeCheckout(world, session.id, entryOf(card, form)));
}

/** Why the card did not do that its holder was asked about. */
function problemOfLastTry(world: World, { _intent: id = '' }: StoredSession): string | undefined {
  const payment = world.store.find<PaymentIntent>('payment_intent', id)?.last_payment_error;
  const setup = world.store.find<SetupIntent>('setup_intent', id)?.last_setup_error;
  return (payment ?? setup)?.message;
}
