/** The portal's pause of a subscription, and the way back from it. */
import type { Router } from 'express';
import { addIntervals } from '../../billing/calendar.ts';
import { pauseFault, requestPause } from '../../billing/subscription-pause.ts';
import { resumeSubscription } from '../../billing/subscription-resume.ts';
import type { World } from '../../world.ts';
import { longDate, money } from '../format.ts';
import { formOf, Refusal, send } from '../serving.ts';
import { finish, goBackUrl } from './completion.ts';
import { pausePage, resumePage, type PauseChoice } from './pause-view.ts';
import { isLeaving, visitSubscription, wayHome, type PortalVisit, type SubscriptionVisit } from './session.ts';
import { awaitsResumption, productAndPrice } from './subscription-words.ts';
import { tryOut } from './tried-out.ts';

const PAUSE = '/:token/subscriptions/:subscription/pause';
const RESUME = '/:token/subscriptions/:subscription/resume';

export function pauseRoutes(router: Router, world: World): void {
  router.get(PAUSE, (request, response) => {
    send(response, 200, pausePageOf(world, running(open(world, request.params))));
  });
  router.post(PAUSE, (request, response) => {
    const visited = running(open(world, request.params));
    const { portal, subscription } = visited;
    const choices = choicesOf(world, portal);
    const chosen = choices.find(({ value }) => value === formOf(request).duration);
    if (choices.length > 0 && chosen === undefined) return send(response, 422, pausePageOf(world, visited, 'Choose how long.'));
    world.store.transaction(() => requestPause(world, subscription, 'now', chosen?.until ?? null));
    finish(response, world, portal, 'paused');
  });
  resumeRoutes(router, world);
}

function resumeRoutes(router: Router, world: World): void {
  router.get(RESUME, (request, response) => {
    const { portal, subscription } = paused(open(world, request.params));
    const cost = tryOut(world, subscription.customer, () => resume(world, subscription.id));
    if ('refusal' in cost) throw new Refusal(409, 'Not now', cost.refusal, wayHome(portal));
    const dueNow = money(cost.dueNow, subscription.currency);
    send(response, 200, resumePage({ business: portal.business, ...productAndPrice(world, subscription), dueNow, goBackUrl: portal.root }));
  });
  router.post(RESUME, (request, response) => {
    const { portal, subscription } = paused(open(world, request.params));
    // Whose payment fails stays paused; the first page says so, and how to pay.
    if (resume(world, subscription.id).status === 'paused') return response.redirect(303, portal.root);
    finish(response, world, portal, 'resumed');
  });
}

/** Stripe collects at once what the new period costs. */
function resume(world: World, id: string) {
  return world.store.transaction(() => resumeSubscription(world, id, { payment_behavior: 'resume_on_payment_success' }));
}

function open(world: World, ids: { token: string; subscription: string }): SubscriptionVisit {
  return visitSubscription(world, ids, 'subscription_pause');
}

function running(visited: SubscriptionVisit): SubscriptionVisit {
  const { portal, subscription } = visited;
  if (!isLeaving(subscription) && pauseFault(subscription) === undefined) return visited;
  throw new Refusal(409, 'Nothing to pause', 'This subscription cannot be paused as it is now.', wayHome(portal));
}

function paused(visited: SubscriptionVisit): SubscriptionVisit {
  const { portal, subscription } = visited;
  if (subscription.status === 'paused' && !awaitsResumption(subscription)) return visited;
  throw new Refusal(409, 'Nothing to resume', 'This subscription is not paused, or resumes with the payment of its invoice.', wayHome(portal));
}

/** The preset durations; none where a pause lasts until it is taken back. */
function choicesOf(world: World, { features }: PortalVisit): (PauseChoice & { until: number })[] {
  return features.subscription_pause.duration.interval_options.map(({ interval, interval_count: count }, index) => {
    const until = addIntervals(world.now(), interval, count);
    return { value: String(index), label: `${count} ${interval}${count === 1 ? '' : 's'}`, note: `until ${longDate(until)}`, until };
  });
}

function pausePageOf(world: World, { portal, subscription }: SubscriptionVisit, problem?: string): string {
  const cost = tryOut(world, subscription.customer, () => requestPause(world, subscription, 'now').paused);
  const credit = 'refusal' in cost || cost.onNextInvoice >= 0 ? null : money(-cost.onNextInvoice, subscription.currency);
  return pausePage({
    business: portal.business,
    ...productAndPrice(world, subscription),
    goBackUrl: goBackUrl(portal),
    endsTrial: subscription.status === 'trialing',
    choices: choicesOf(world, portal),
    credit,
    problem,
  });
}
