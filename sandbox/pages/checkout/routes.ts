/** /c/pay/:session: shows a Checkout Session, takes the card, sends the customer back to the shop. */
import express, { type Response, type Router } from 'express';
import { completeCheckout, type CompletedCheckout } from '../../billing/checkout.ts';
import type { StoredSession } from '../../billing/checkout-sessions.ts';
import type { World } from '../../world.ts';
import { BUSINESS_NAME } from '../../business.ts';
import { tryCard, type CardAttempt } from '../card-form.ts';
import { COUNTRIES_ASKING_POSTAL_CODE, DEFAULT_COUNTRY } from '../countries.ts';
import { isEmail, type FieldErrors, type FieldValues } from '../fields.ts';
import { leavePage, messagePage } from '../layout.ts';
import { formOf, Refusal, send } from '../serving.ts';
import { webhooksAnswered } from './answered-webhooks.ts';
import { offerOf } from './offer.ts';
import { CARD_IDS, checkoutPage } from './view.ts';

export function checkoutRouter(world: World): Router {
  const router = express.Router();
  router.get('/:session', (request, response) => {
    const session = sessionOf(world, request.params.session);
    if (session.status !== 'open') return showClosed(response, session);
    send(response, 200, pageOf(world, session, { billingCountry: DEFAULT_COUNTRY }, {}));
  });
  router.post('/:session', async (request, response) => {
    const session = sessionOf(world, request.params.session);
    if (session.status !== 'open') return showClosed(response, session);
    const form = formOf(request);
    const attempt = complete(world, session, form);
    if ('errors' in attempt) return send(response, attempt.status, pageOf(world, session, form, attempt.errors));
    await webhooksAnswered(world, session.id);
    send(response, 200, leavePage('Thank you', attempt.done.redirectUrl, BUSINESS_NAME));
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

function showClosed(response: Response, session: StoredSession): void {
  const { status, title, text } = CLOSED[session.status === 'complete' ? 'complete' : 'expired'];
  const back = session.cancel_url === null ? undefined : { href: session.cancel_url, label: `Back to ${BUSINESS_NAME}` };
  send(response, status, messagePage(title, text, back));
}

function pageOf(world: World, session: StoredSession, values: FieldValues, errors: FieldErrors): string {
  return checkoutPage({
    business: BUSINESS_NAME,
    cancelUrl: session.cancel_url,
    offer: offerOf(world, session, BUSINESS_NAME),
    fixedEmail: session.customer_details?.email ?? null,
    values,
    errors,
  });
}

function complete(world: World, session: StoredSession, form: FieldValues): CardAttempt<CompletedCheckout> {
  const { billingName: name, email, billingCountry: country, billingPostalCode: postalCode } = form;
  const entry = { name: name ?? null, email: email ?? null, country: country ?? null, postalCode: postalCode ?? null };
  const otherErrors = errorsBesidesCard(session, form);
  return tryCard({ ids: CARD_IDS, fields: form, otherErrors }, world.now(), (card) => completeCheckout(world, session.id, { ...card, ...entry }));
}

function errorsBesidesCard(session: StoredSession, form: FieldValues): FieldErrors {
  const asksEmail = session.customer_details?.email == null;
  const asksPostalCode = COUNTRIES_ASKING_POSTAL_CODE.includes(form.billingCountry ?? '');
  const wanted = ['billingName', 'billingCountry', ...(asksEmail ? ['email'] : []), ...(asksPostalCode ? ['billingPostalCode'] : [])];
  const missing = Object.fromEntries(wanted.filter((name) => !form[name]).map((name) => [name, 'Required']));
  const isMalformed = asksEmail && form.email && !isEmail(form.email);
  return isMalformed ? { ...missing, email: 'Your email is invalid.' } : missing;
}
