/** What the holder of a card has to do before an intent can go on. */
import type { World } from '../world.ts';

/** Where the sandbox asks the card's holder, in the bank's place. */
export function challengeUrl(world: World, intent: string): string {
  return `${world.baseUrl}/authenticate/${intent}`;
}

/** With a `returnUrl` the holder is sent there and back; without one, the shop's own page does it by Stripe.js. */
export function nextAction(world: World, intent: string, returnUrl: string | null) {
  const url = challengeUrl(world, intent);
  if (returnUrl === null) {
    return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } };
  }
  return { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
}

/** What an intent says when its card's holder could not be authenticated. */
export const NOT_AUTHENTICATED_MESSAGE =
  'We are unable to authenticate your payment method. Please choose a different payment method and try again.';
