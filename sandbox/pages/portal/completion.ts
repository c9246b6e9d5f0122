/** Where a customer goes when a task of the portal is done; a deep link says so itself. */
import type { Response, Router } from 'express';
import { openWholePortal } from '../../portal-access.ts';
import type { World } from '../../world.ts';
import { leavePage, messagePage } from '../layout.ts';
import { Refusal, send } from '../serving.ts';
import { visit, wayHome, type PortalVisit } from './session.ts';

export const DONE_TEXTS = {
  canceled: 'Your subscription has been canceled.',
  scheduled: 'Your cancellation is scheduled.',
  kept: 'Your subscription goes on.',
  updated: 'Your subscription has been updated.',
  paused: 'Your subscription is paused.',
  resumed: 'Your subscription is active again.',
  card: 'Your payment method has been updated.',
  removed: 'Your payment method has been removed.',
  customer: 'Your billing information has been updated.',
} as const;

type Done = keyof typeof DONE_TEXTS;

/** The text for `?done=` of the first page; null for a word that is none of ours. */
export function doneText(word: unknown): string | null {
  return typeof word === 'string' && Object.hasOwn(DONE_TEXTS, word) ? DONE_TEXTS[word as Done] : null;
}

/** Sends the customer on by a redirect: a reloaded page must not repeat the task. */
export function finish(response: Response, world: World, { session, root }: PortalVisit, done: Done): void {
  const completion = session.flow?.after_completion;
  const leaves = completion?.type === 'redirect' || completion?.type === 'hosted_confirmation';
  if (session.flow !== null && !leaves) openWholePortal(world, session.id);
  response.redirect(303, leaves ? `${root}/done/${done}` : `${root}?done=${done}`);
}

/** How a deep link ends: on a page that says so, or on its way to where the shop wants its customer. */
export function completionRoutes(router: Router, world: World): void {
  router.get('/:token/done/:what', (request, response) => {
    const portal = visit(world, request.params.token);
    const completion = portal.session.flow?.after_completion;
    const title = doneText(request.params.what);
    if (completion === undefined || title === null) throw new Refusal(404, 'Nothing here', 'This page does not exist.', wayHome(portal));
    if (completion.redirect) return send(response, 200, leavePage(title, completion.redirect.return_url, portal.business.name));
    send(response, 200, messagePage(title, completion.hosted_confirmation?.custom_message ?? 'You can close this page.', wayHome(portal)));
  });
}

/** The page of the task that a deep link leads to. */
export function taskUrl({ session, root }: PortalVisit): string | undefined {
  const { flow } = session;
  if (flow === null) return undefined;
  const page = (id: string | undefined, task: string): string => `${root}/subscriptions/${id ?? ''}/${task}`;
  if (flow.subscription_update_confirm) {
    const { items, subscription } = flow.subscription_update_confirm;
    const wanted = new URLSearchParams({ price: items[0]?.price ?? '', quantity: String(items[0]?.quantity ?? 1) });
    return `${page(subscription, 'update/confirm')}?${wanted.toString()}`;
  }
  if (flow.subscription_cancel) return page(flow.subscription_cancel.subscription, 'cancel');
  if (flow.subscription_pause) return page(flow.subscription_pause.subscription, 'pause');
  if (flow.subscription_update) return page(flow.subscription_update.subscription, 'update');
  return flow.type === 'customer_update' ? `${root}/customer` : `${root}/payment-methods`;
}

/** The way back to the first page; a deep link has none. */
export function goBackUrl({ session, root }: PortalVisit): string | null {
  return session.flow === null ? root : null;
}
