/** The portal's way out of a subscription, and back while it is only scheduled. */
import type { Router } from 'express';
import { isEnded } from '../../billing/subscription-end.ts';
import { keepSubscription } from '../../billing/subscriptions.ts';
import type { World } from '../../world.ts';
import { money } from '../format.ts';
import { formOf, Refusal, send } from '../serving.ts';
import { cancel, endsAtOnce, recordGoodbye } from './actions.ts';
import { cancelPage, reasonPage } from './cancel-view.ts';
import { DONE_TEXTS, finish, goBackUrl } from './completion.ts';
import { isLeaving, visitSubscription, wayHome, type PortalVisit, type SubscriptionVisit } from './session.ts';
import { lastDay, productAndPrice } from './subscription-words.ts';
import { tryOut } from './tried-out.ts';

type Ending = 'canceled' | 'scheduled';

const CANCEL = '/:token/subscriptions/:subscription/cancel';

export function cancelRoutes(router: Router, world: World): void {
  router.get(CANCEL, (request, response) => {
    send(response, 200, cancelPageOf(world, running(open(world, request.params))));
  });
  router.post(CANCEL, (request, response) => {
    const visited = running(open(world, request.params));
    const { portal, subscription } = visited;
    cancel(world, portal, subscription);
    if (reasonsOf(portal).length === 0) return finish(response, world, portal, endingOf(visited));
    response.redirect(303, `${portal.root}/subscriptions/${subscription.id}/cancel/reason`);
  });
  router.post('/:token/subscriptions/:subscription/keep', (request, response) => {
    const { portal, subscription } = open(world, request.params);
    if (isEnded(subscription) || !isLeaving(subscription)) {
      throw new Refusal(409, 'Nothing to undo', 'This subscription is not about to end.', wayHome(portal));
    }
    keepSubscription(world, subscription.id);
    finish(response, world, portal, 'kept');
  });
  reasonRoutes(router, world);
}

function reasonRoutes(router: Router, world: World): void {
  const path = `${CANCEL}/reason`;
  router.get(path, (request, response) => {
    send(response, 200, reasonPageOf(leaving(open(world, request.params))));
  });
  router.post(path, (request, response) => {
    const visited = leaving(open(world, request.params));
    const { portal, subscription } = visited;
    const { answer, feedback: given, comment } = formOf(request);
    const feedback = reasonsOf(portal).find((reason) => reason === given);
    if (answer !== 'none' && feedback === undefined) {
      return send(response, 422, reasonPageOf(visited, 'Choose a reason, or say "No thanks".'));
    }
    if (answer !== 'none' && feedback !== undefined) recordGoodbye(world, subscription, feedback, comment || null);
    finish(response, world, portal, endingOf(visited));
  });
}

function open(world: World, ids: { token: string; subscription: string }): SubscriptionVisit {
  return visitSubscription(world, ids, 'subscription_cancel');
}

function running(cancellation: SubscriptionVisit): SubscriptionVisit {
  const { portal, subscription } = cancellation;
  if (!isEnded(subscription) && !isLeaving(subscription)) return cancellation;
  throw new Refusal(409, 'Already canceled', 'This subscription is canceled already, or set to be.', wayHome(portal));
}

function leaving(cancellation: SubscriptionVisit): SubscriptionVisit {
  const { portal, subscription } = cancellation;
  if (reasonsOf(portal).length > 0 && (isEnded(subscription) || isLeaving(subscription))) return cancellation;
  throw new Refusal(409, 'Nothing to ask', 'This subscription was not canceled here.', wayHome(portal));
}

function reasonsOf({ features }: PortalVisit) {
  const { enabled, options } = features.subscription_cancel.cancellation_reason;
  return enabled ? options : [];
}

function endingOf({ portal, subscription }: SubscriptionVisit): Ending {
  return endsAtOnce(portal, subscription) ? 'canceled' : 'scheduled';
}

function cancelPageOf(world: World, visited: SubscriptionVisit): string {
  const { portal, subscription } = visited;
  return cancelPage({
    business: portal.business,
    ...productAndPrice(world, subscription),
    meaning: MEANINGS[endingOf(visited)](lastDay(subscription)),
    credit: creditOf(world, visited),
    goBackUrl: goBackUrl(portal),
  });
}

const MEANINGS: Readonly<Record<Ending, (lastDay: string) => string>> = {
  canceled: () => 'Your subscription ends at once, and you will not be charged again.',
  scheduled: (day) => `Your subscription stays available until ${day}; then it ends, and you will not be charged again.`,
};

/** What a cancellation gives back for unused time, where the configuration prorates. */
function creditOf(world: World, { portal, subscription }: SubscriptionVisit): string | null {
  if (portal.features.subscription_cancel.proration_behavior !== 'create_prorations') return null;
  const cost = tryOut(world, subscription.customer, () => cancel(world, portal, subscription));
  return 'refusal' in cost || cost.onNextInvoice >= 0 ? null : money(-cost.onNextInvoice, subscription.currency);
}

function reasonPageOf(visited: SubscriptionVisit, problem?: string): string {
  const { portal } = visited;
  return reasonPage({ business: portal.business, done: DONE_TEXTS[endingOf(visited)], reasons: reasonsOf(portal), problem });
}
