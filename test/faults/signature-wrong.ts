/** Ways to verify a signature that are wrong: what stands between the daemons of this process and the SDK. */
import Stripe from 'stripe';
import { vi } from 'vitest';

type Verify = typeof Stripe.webhooks.constructEvent;

const right: Verify = Stripe.webhooks.constructEvent.bind(Stripe.webhooks);
/** To the SDK 0 is no limit. */
const ANY_AGE_SECONDS = 0;

export const WRONG_VERIFIERS = {
  'does not look at its age': (body, header, secret) => right(body, header, secret, ANY_AGE_SECONDS),
  'looks at the first of several': (body, header, secret, tolerance) => right(body, String(header).replace(/(v1=\w+).*/, '$1'), secret, tolerance),
  'takes any': (body) => JSON.parse(String(body)) as Stripe.Event,
} satisfies Record<string, Verify>;

/** Until `vi.restoreAllMocks()`. */
export function verifyBy(wrong: Verify): void {
  vi.spyOn(Stripe.webhooks, 'constructEvent').mockImplementation(wrong);
}
