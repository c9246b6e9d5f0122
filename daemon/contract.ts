/** The JSON that the daemon answers with. The client imports these types, and nothing else of ours. */
import type { Money, Standing, SubscriptionView } from '../core/billing/views.ts';

export type { FailedPayment, Money, Standing, SubscriptionView } from '../core/billing/views.ts';

/** `GET /users/me`, and each `user` event of `GET /users/me/live`. 401 when nobody is signed in. */
export interface MeAnswer {
  user: UserView;
}

export interface UserView {
  /** The Stripe customer id. */
  id: string;
  email: string;
  /** The newest subscription, ended ones included; null when there never was one. */
  subscription: SubscriptionView | null;
  standing: Standing;
  /** The next booked session, or the one that has begun; ISO 8601 in UTC. */
  nextSession: { id: string; startsAt: string; hasBegun: boolean } | null;
  /** A session to come that was cancelled because a payment failed, and none was booked instead; `paid` once the money has come. */
  cancelledSession: { id: string; startsAt: string; paid: boolean } | null;
  /** What is missing is being paid with a card that has just come. */
  isCharging: boolean;
}

/** `GET /offerings`. */
export interface OfferingsAnswer {
  offerings: Offering[];
}

export interface Offering {
  id: 'paircode';
  name: string;
  price: string;
  amount: Money;
  interval: 'month';
  trialDays: number;
}

/** `POST /users` (201) and `POST /login` (200). */
export interface SignedInAnswer {
  id: string;
  email: string;
}

/** `POST /offerings/paircode` for callers that want JSON. */
export interface CheckoutAnswer {
  url: string;
}

/** `POST /users/portal` for callers that want JSON. */
export interface PortalAnswer {
  url: string;
  configuration: string;
}

/** Every error. `fields` names what is wrong with each field of a form (422 only). */
export interface ErrorAnswer {
  error: { code: string; message: string; hint?: string; fields?: Record<string, string> };
}
