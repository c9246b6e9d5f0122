/** /authenticate/:intent: the bank's question to the holder of a card (3D Secure), and where the holder goes with the answer. */
import express, { type Router } from 'express';
import { authenticate, type Authentication } from '../../billing/authentication.ts';
import type { StoredSession } from '../../billing/checkout-sessions.ts';
import type { PaymentIntent, SetupIntent } from '../../billing/shapes.ts';
import type { World } from '../../world.ts';
import { webhooksAnswered } from '../checkout/answered-webhooks.ts';
import { sellerOf } from '../checkout/offer.ts';
import { money } from '../format.ts';
import { leavePage, messagePage } from '../layout.ts';
import { goOnWithSetup } from '../portal/new-card.ts';
import { formOf, Refusal, send } from '../serving.ts';
import { challengePage } from './view.ts';

type Intent = PaymentIntent | SetupIntent;

export function challengeRouter(world: World): Router {
  const router = express.Router();
  router.get('/:intent', (request, response) => {
    const intent = waitingIntent(world, request.params.intent);
    send(response, 200, challengePage({ business: sellerOf(world, sessionOf(world, intent)), amount: amountOf(intent) }));
  });
  router.post('/:intent', async (request, response) => {
    const intent = waitingIntent(world, request.params.intent);
    const answered = answer(world, intent, formOf(request).outcome === 'complete' ? 'complete' : 'fail');
    const session = sessionOf(world, intent);
    if (session?.status === 'complete') await webhooksAnswered(world, session.id);
    send(response, 200, whereNext(answered, session, sellerOf(world, session)));
  });
  return router;
}

/** What waited for the answer goes on with it: Checkout, an invoice, the portal's new card. */
function answer(world: World, { id }: Intent, outcome: 'complete' | 'fail'): Authentication {
  return world.store.transaction(() => {
    const answered = authenticate(world, id, outcome);
    return { ...answered, redirectUrl: answered.redirectUrl ?? goOnWithSetup(world, answered.intent as SetupIntent) ?? null };
  });
}

/** Throws Refusal: 404 for no such question, 409 for one that was answered. */
function waitingIntent(world: World, id: string): Intent {
  const kind = id.startsWith('seti_') ? 'setup_intent' : 'payment_intent';
  const intent = world.store.find<Intent>(kind, id);
  if (intent === undefined) throw new Refusal(404, 'Nothing to confirm', 'This link is not complete, or was never given out.');
  if (intent.status === 'requires_action') return intent;
  throw new Refusal(409, 'Answered already', 'This payment does not wait for you any more. You can close this page.');
}

function sessionOf(world: World, { id }: Intent): StoredSession | undefined {
  return world.store.all<StoredSession>('checkout.session', { _intent: id })[0];
}

function amountOf(intent: Intent): string | null {
  return intent.object === 'payment_intent' ? money(intent.amount, intent.currency) : null;
}

/** A failed answer leads back to the page that asked for the card; that page says what went wrong. */
function whereNext({ intent, redirectUrl }: Authentication, session: StoredSession | undefined, seller: string): string {
  const hasFailed = intent.status === 'requires_payment_method';
  const title = hasFailed ? 'Not confirmed' : 'Confirmed';
  if (session?.status === 'open') return leavePage(title, `/c/pay/${session.id}?tried`, seller);
  if (redirectUrl === null) return messagePage(title, 'You can close this page.');
  const isInvoice = URL.parse(redirectUrl)?.pathname.startsWith('/i/') === true;
  return leavePage(title, isInvoice ? `${redirectUrl}?tried` : redirectUrl, seller);
}
