/** Where a customer goes when a task of the portal is done; a deep link says so itself. */
import type { Response } from 'express';
import { leavePage, messagePage } from '../layout.ts';
import { send } from '../serving.ts';
import type { PortalVisit } from './session.ts';

export const DONE_TEXTS = {
  canceled: 'Your subscription has been canceled.',
  scheduled: 'Your cancellation is scheduled.',
  kept: 'Your subscription goes on.',
  card: 'Your payment method has been updated.',
  customer: 'Your billing information has been updated.',
} as const;

type Done = keyof typeof DONE_TEXTS;

/** The text for `?done=` of the first page; null for a word that is none of ours. */
export function doneText(word: unknown): string | null {
  return typeof word === 'string' && Object.hasOwn(DONE_TEXTS, word) ? DONE_TEXTS[word as Done] : null;
}

export function finish(response: Response, portal: PortalVisit, done: Done): void {
  const { business, session, root } = portal;
  const completion = session.flow?.after_completion;
  if (completion?.type === 'redirect' && completion.redirect) {
    return send(response, 200, leavePage(DONE_TEXTS[done], completion.redirect.return_url, business.name));
  }
  if (completion?.type === 'hosted_confirmation') {
    const text = completion.hosted_confirmation?.custom_message ?? 'You can close this page.';
    const back = business.returnUrl === null ? undefined : { href: business.returnUrl, label: `Return to ${business.name}` };
    return send(response, 200, messagePage(DONE_TEXTS[done], text, back));
  }
  response.redirect(303, `${root}?done=${done}`);
}

/** The page of the task that a deep link leads to. */
export function taskUrl({ session, root }: PortalVisit): string | undefined {
  const { flow } = session;
  if (flow?.type === 'payment_method_update') return `${root}/payment-methods`;
  if (flow?.type === 'subscription_cancel') return `${root}/subscriptions/${flow.subscription_cancel?.subscription ?? ''}/cancel`;
  return undefined;
}

/** The way back to the first page; a deep link has none. */
export function goBackUrl({ session, root }: PortalVisit): string | null {
  return session.flow === null ? root : null;
}
