/** Finding what a call names, or refusing it as Stripe does. */
import type { StripeObject, World } from '../world.ts';
import { resourceMissing } from './errors.ts';

/** How Stripe's errors call a kind where it is not the object's own word. */
const NOUNS: Record<string, string> = {
  'billing_portal.configuration': 'configuration',
  'checkout.session': 'checkout session',
  payment_method: 'PaymentMethod',
  setup_intent: 'setupintent',
  'test_helpers.test_clock': 'test clock',
  webhook_endpoint: 'webhook endpoint',
};

/** The stored object. Throws StripeError: 404 for an id of the path, 400 when the parameter `param` named it. */
export function existing<T extends StripeObject>(world: World, kind: string, id: string, param?: string): T {
  const found = world.store.find<T>(kind, id);
  if (found === undefined) throw resourceMissing(NOUNS[kind] ?? kind, id, param);
  return found;
}
