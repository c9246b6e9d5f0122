/** A subscription that Stripe does not tell of: it is named, and stops no other. */
import { DevchatError, type ErrorKind } from '../errors.ts';
import { explainStripeError } from '../stripe.ts';

/** `reason` is for people. */
export interface Unanswered {
  subscription: string;
  reason: string;
}

const SERVER_ERROR = 500;
const NO: readonly ErrorKind[] = ['failed', 'not-found'];

/** Why Stripe did not tell of this one. Throws the error again where asking about another would fare no better, or where it is not Stripe's. */
export function unanswered(subscription: string, thrown: unknown): Unanswered {
  const error = explainStripeError(thrown);
  if (!(error instanceof DevchatError) || !isAboutOne(error, thrown)) throw thrown;
  return { subscription, reason: reasonIn(error) };
}

/** What an error says, with what mends it, in one line. */
export function reasonIn({ message, hint }: DevchatError): string {
  return [message, hint].filter(Boolean).join('; ');
}

/** Whether Stripe has said no to what it was asked, or nothing that can be read: asked again soon, it says the same. */
export function isNo(thrown: unknown): boolean {
  const error = explainStripeError(thrown);
  return error instanceof DevchatError && NO.includes(error.kind);
}

/** Nothing that a key, the network or the cache brings; but an answer that Stripe fails to make may be that about one object alone. */
function isAboutOne({ kind }: DevchatError, thrown: unknown): boolean {
  const { statusCode } = thrown as { statusCode?: number };
  return NO.includes(kind) || (statusCode ?? 0) >= SERVER_ERROR;
}

/** Tells what Stripe does not tell of from what it tells. */
export function isUnanswered(told: object): told is Unanswered {
  return 'reason' in told;
}
