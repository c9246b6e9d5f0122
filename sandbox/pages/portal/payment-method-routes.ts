/** The portal's cards: one of the saved ones, or a new one, pays from now on. */
import type { Response, Router } from 'express';
import { setDefaultPaymentMethod } from '../../billing/customers.ts';
import type { World } from '../../world.ts';
import { tryCard } from '../card-form.ts';
import type { FieldErrors, FieldValues } from '../fields.ts';
import { formOf, Refusal, send } from '../serving.ts';
import { payWithSavedCard } from './actions.ts';
import { finish, goBackUrl } from './completion.ts';
import { savedCards } from './home.ts';
import { CARD_IDS, paymentMethodsPage } from './payment-methods-view.ts';
import { requireFeature, visit, type PortalVisit } from './session.ts';

const PATH = '/:token/payment-methods';

export function paymentMethodRoutes(router: Router, world: World): void {
  router.get(PATH, (request, response) => {
    send(response, 200, pageOf(world, open(world, request.params.token), {}, {}));
  });
  router.post(PATH, (request, response) => {
    const portal = open(world, request.params.token);
    const form = formOf(request);
    if (form.method === undefined || form.method === 'add') return addCard(response, world, portal, form);
    requireOwnCard(world, portal, form.method);
    payWithSavedCard(world, portal, form.method);
    finish(response, portal, 'card');
  });
}

function open(world: World, token: string): PortalVisit {
  const portal = visit(world, token);
  requireFeature(portal, 'payment_method_update');
  return portal;
}

function addCard(response: Response, world: World, portal: PortalVisit, fields: FieldValues): void {
  const attempt = tryCard({ ids: CARD_IDS, fields }, world.now(), (card) => setDefaultPaymentMethod(world, portal.customer.id, card));
  if ('errors' in attempt) return send(response, attempt.status, pageOf(world, portal, fields, attempt.errors));
  finish(response, portal, 'card');
}

function requireOwnCard(world: World, portal: PortalVisit, id: string): void {
  if (savedCards(world, portal).some((card) => card.id === id)) return;
  throw new Refusal(404, 'No such card', 'It is not one of yours.');
}

function pageOf(world: World, portal: PortalVisit, values: FieldValues, errors: FieldErrors): string {
  const saved = savedCards(world, portal);
  return paymentMethodsPage({ business: portal.business, goBackUrl: goBackUrl(portal), saved, values, errors });
}
