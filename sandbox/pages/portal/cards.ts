/** The customer's saved cards, as the portal shows them. */
import type { PaymentMethod, Subscription } from '../../billing/shapes.ts';
import { isEnded } from '../../billing/subscription-end.ts';
import type { World } from '../../world.ts';
import { cardExpiry, cardLabel } from '../format.ts';
import type { PortalVisit } from './session.ts';

export interface SavedCard {
  id: string;
  /** `Visa •••• 4242`. */
  label: string;
  /** `12/2034`. */
  expires: string;
  isDefault: boolean;
  /** Null while it pays for something. */
  removeUrl: string | null;
}

/** Newest first; the default is the one that pays for the newest subscription. */
export function savedCards(world: World, { customer, root }: PortalVisit): SavedCard[] {
  const running = world.store.all<Subscription>('subscription', { customer: customer.id }).filter((one) => !isEnded(one)).reverse();
  const fallback = customer.invoice_settings.default_payment_method;
  const paying = running.map((subscription) => subscription.default_payment_method ?? fallback);
  const defaultId = paying.find((id) => id != null) ?? fallback;
  return world.store
    .all<PaymentMethod>('payment_method', { customer: customer.id })
    .reverse()
    .map((card) => ({
      id: card.id,
      label: cardLabel(card),
      expires: cardExpiry(card),
      isDefault: card.id === defaultId,
      removeUrl: paying.includes(card.id) ? null : `${root}/payment-methods/${card.id}/remove`,
    }));
}
