/** The portal's other plans and quantities: the choice, then what it costs and the confirmation. */
import type { Response, Router } from 'express';
import { offerFault, type WantedItem } from '../../api/portal-offers.ts';
import type { Subscription } from '../../billing/shapes.ts';
import { isEnded } from '../../billing/subscription-end.ts';
import { firstItem } from '../../billing/subscription-items.ts';
import { StripeError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import type { FieldValues } from '../fields.ts';
import { formOf, Refusal, send } from '../serving.ts';
import { finish, goBackUrl } from './completion.ts';
import { changePlan } from './plan-change.ts';
import { confirmView, planViews, quantityView } from './plan-words.ts';
import { visitSubscription, wayHome, type SubscriptionVisit } from './session.ts';
import { productAndPrice } from './subscription-words.ts';
import { tryOut } from './tried-out.ts';
import { confirmPage, planPage } from './update-view.ts';

const UPDATE = '/:token/subscriptions/:subscription/update';

export function updateRoutes(router: Router, world: World): void {
  router.get(UPDATE, (request, response) => {
    send(response, 200, planPageOf(world, open(world, request.params)));
  });
  router.get(`${UPDATE}/confirm`, (request, response) => {
    const visited = open(world, request.params);
    const wanted = wantedIn(visited.subscription, request.query as FieldValues);
    const fault = faultOf(world, visited, wanted);
    if (fault !== undefined) return send(response, 422, planPageOf(world, visited, fault));
    showConfirmation(response, world, visited, wanted);
  });
  router.post(`${UPDATE}/confirm`, (request, response) => {
    const visited = open(world, request.params);
    const wanted = wantedIn(visited.subscription, formOf(request));
    const fault = faultOf(world, visited, wanted);
    if (fault !== undefined) return send(response, 422, planPageOf(world, visited, fault));
    const problem = refusalOf(() => changePlan(world, visited, wanted));
    if (problem !== undefined) return showConfirmation(response, world, visited, wanted, problem);
    finish(response, world, visited.portal, 'updated');
  });
}

function open(world: World, ids: { token: string; subscription: string }): SubscriptionVisit {
  const visited = visitSubscription(world, ids, 'subscription_update');
  const { portal, subscription } = visited;
  if (isEnded(subscription)) throw new Refusal(409, 'Already canceled', 'This subscription has ended: it cannot be changed any more.', wayHome(portal));
  if (subscription.items.data.length === 1) return visited;
  throw new Refusal(409, 'Not available here', 'A subscription of several products is not changed here.', wayHome(portal));
}

/** What is not said stays as it is. */
function wantedIn(subscription: Subscription, form: FieldValues): WantedItem {
  const { price, quantity } = firstItem(subscription);
  const isNumber = /^\d{1,6}$/.test(form.quantity ?? '');
  return { price: form.price || price.id, quantity: isNumber ? Number(form.quantity) : (quantity ?? 1) };
}

function faultOf(world: World, { portal, subscription }: SubscriptionVisit, wanted: WantedItem): string | undefined {
  return offerFault(world, portal.features.subscription_update, firstItem(subscription), wanted);
}

/** The words of a refusal, by the bank or by the rules. */
function refusalOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof StripeError) return error.message;
    throw error;
  }
}

function planPageOf(world: World, { portal, subscription }: SubscriptionVisit, problem?: string): string {
  return planPage({
    business: portal.business,
    goBackUrl: goBackUrl(portal),
    confirmUrl: `${portal.root}/subscriptions/${subscription.id}/update/confirm`,
    plans: planViews(world, portal.features.subscription_update, subscription),
    quantity: quantityView(portal.features.subscription_update, subscription),
    problem,
  });
}

function showConfirmation(response: Response, world: World, visited: SubscriptionVisit, wanted: WantedItem, refused?: string): void {
  const { portal, subscription } = visited;
  const preview = tryOut(world, subscription.customer, () => changePlan(world, visited, wanted));
  const problem = refused ?? ('refusal' in preview ? preview.refusal : undefined);
  const page = confirmPage({
    business: portal.business,
    goBackUrl: portal.session.flow?.type === 'subscription_update_confirm' ? null : `${portal.root}/subscriptions/${subscription.id}/update`,
    before: productAndPrice(world, subscription),
    ...confirmView(world, subscription, wanted, 'refusal' in preview ? undefined : preview),
    wanted,
    problem,
  });
  send(response, problem === undefined ? 200 : 402, page);
}
