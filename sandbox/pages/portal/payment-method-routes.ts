/** The portal's cards: one of the saved ones, or a new one, pays from now on; others can be removed. */
import type { Response, Router } from 'express';
import { detachPaymentMethod } from '../../billing/payment-methods.ts';
import type { World } from '../../world.ts';
import { tryCard } from '../card-form.ts';
import type { FieldErrors, FieldValues } from '../fields.ts';
import { formOf, Refusal, send } from '../serving.ts';
import { payWithSavedCard } from './actions.ts';
import { savedCards, type SavedCard } from './cards.ts';
import { finish, goBackUrl } from './completion.ts';
import { lastSetup, openSetup, setUpCard } from './new-card.ts';
import { CARD_IDS, paymentMethodsPage, removalPage } from './payment-methods-view.ts';
import { requireFeature, visit, wayHome, type PortalVisit } from './session.ts';

const PATH = '/:token/payment-methods';

export function paymentMethodRoutes(router: Router, world: World): void {
  router.get(PATH, (request, response) => {
    const portal = open(world, request.params.token);
    if (request.query.tried !== undefined) return showAnswer(response, world, portal);
    openSetup(world, portal);
    send(response, 200, pageOf(world, portal, {}, {}));
  });
  router.post(PATH, (request, response) => {
    const portal = open(world, request.params.token);
    const form = formOf(request);
    if (form.method === undefined || form.method === 'add') return addCard(response, world, portal, form);
    payWithSavedCard(world, portal, ownCard(world, portal, form.method).id);
    finish(response, world, portal, 'card');
  });
  router.get(`${PATH}/:card/remove`, (request, response) => {
    const portal = open(world, request.params.token);
    const card = removableCard(world, portal, request.params.card);
    send(response, 200, removalPage({ business: portal.business, goBackUrl: goBackUrl(portal) ?? portal.root, card }));
  });
  router.post(`${PATH}/:card/remove`, (request, response) => {
    const portal = open(world, request.params.token);
    const card = removableCard(world, portal, request.params.card);
    world.store.transaction(() => detachPaymentMethod(world, card.id));
    finish(response, world, portal, 'removed');
  });
}

function open(world: World, token: string): PortalVisit {
  const portal = visit(world, token);
  requireFeature(portal, 'payment_method_update');
  return portal;
}

function addCard(response: Response, world: World, portal: PortalVisit, fields: FieldValues): void {
  const attempt = tryCard({ ids: CARD_IDS, fields }, world.now(), (card) => setUpCard(world, portal, card));
  if ('errors' in attempt) return send(response, attempt.status, pageOf(world, portal, fields, attempt.errors));
  if (attempt.done.status === 'requires_action') return response.redirect(303, `/authenticate/${attempt.done.id}`);
  finish(response, world, portal, 'card');
}

/** The holder of a new card comes back from the bank. */
function showAnswer(response: Response, world: World, portal: PortalVisit): void {
  const setup = lastSetup(world, portal);
  if (setup?.status === 'succeeded') return finish(response, world, portal, 'card');
  const problem = setup?.last_setup_error?.message;
  send(response, problem === undefined ? 200 : 402, pageOf(world, portal, {}, { [CARD_IDS.number]: problem }));
}

function ownCard(world: World, portal: PortalVisit, id: string): SavedCard {
  const found = savedCards(world, portal).find((card) => card.id === id);
  if (found !== undefined) return found;
  throw new Refusal(404, 'No such card', 'It is not one of yours.', wayHome(portal));
}

function removableCard(world: World, portal: PortalVisit, id: string): SavedCard {
  const card = ownCard(world, portal, id);
  if (card.removeUrl !== null) return card;
  throw new Refusal(409, 'This card is in use', 'It pays for your subscription. Choose another card first.', wayHome(portal));
}

function pageOf(world: World, portal: PortalVisit, values: FieldValues, errors: FieldErrors): string {
  const saved = savedCards(world, portal);
  return paymentMethodsPage({ business: portal.business, goBackUrl: goBackUrl(portal), saved, values, errors });
}
