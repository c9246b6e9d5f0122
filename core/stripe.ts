/** The Stripe client that everything here uses: pinned API version, bounded waiting, and words for what went wrong. */
import Stripe from 'stripe';
import type { Config } from './config.ts';
import { DevchatError, type ErrorKind } from './errors.ts';
import { modeOf } from './mode.ts';

const TIMEOUT_MILLISECONDS = 15_000;
const NETWORK_RETRIES = 2;
/** Some 12 seconds between the tries in all, by the SDK's own back-off. */
const PATIENT_RETRIES = 5;
const CONFLICT = 409;
const TOO_MANY_REQUESTS = 429;
const SERVER_ERROR = 500;

export interface ClientOptions {
  live?: boolean | undefined;
  /** Hears what keeps a call waiting, as "Stripe answered 429 to POST /v1/prices". With it a call is tried longer before it fails. */
  troubled?: ((what: string) => void) | undefined;
}

/**
 * Makes the client for the configured key. Nothing is sent yet.
 * Throws `not-configured` without a key, and `key-refused` for a live key unless `live` was asked for.
 */
export function createStripe(config: Pick<Config, 'stripeSecretKey' | 'stripeApiBase'>, options: ClientOptions = {}): Stripe {
  const key = config.stripeSecretKey;
  if (!key) throw new DevchatError('not-configured', 'no Stripe key is set', 'run devchat up for the local sandbox, or devchat init, or set STRIPE_SECRET_KEY');
  if (modeOf(key) === 'live') refuseAccidents(config.stripeApiBase, options.live ?? false);
  return new Stripe(key, {
    ...addressOf(config.stripeApiBase),
    timeout: TIMEOUT_MILLISECONDS,
    maxNetworkRetries: options.troubled ? PATIENT_RETRIES : NETWORK_RETRIES,
    httpClient: watched(Stripe.createNodeHttpClient(), options),
    telemetry: false,
    appInfo: { name: 'devchat' },
  });
}

function refuseAccidents(apiBase: string | undefined, live: boolean): void {
  if (!live) throw new DevchatError('key-refused', 'the Stripe key is a live key, and live mode was not asked for', 'use a test key (sk_test_…), or say --live');
  if (apiBase) throw new DevchatError('key-refused', `a live key is not sent to ${apiBase}`, 'unset STRIPE_API_BASE, or use a test key');
}

function addressOf(apiBase: string | undefined): { host?: string; port?: string; protocol?: 'http' | 'https' } {
  if (!apiBase) return {};
  const url = new URL(apiBase);
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  return { host: url.hostname, port: url.port || (protocol === 'http' ? '80' : '443'), protocol };
}

/**
 * The SDK tries again what says so, but not a plain 429: https://docs.stripe.com/rate-limits asks clients to back off. A failure that Stripe
 * repeats under the idempotency key it tries in vain.
 */
function watched(client: Stripe.HttpClient, { troubled = () => undefined }: ClientOptions): Stripe.HttpClient {
  const makeRequest = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    const [, , path, method] = request;
    const call = `${method} ${path.split('?', 1)[0]}`;
    const response = await makeRequest(...request).catch((error: unknown) => {
      troubled(`Stripe did not answer ${call}`);
      throw error;
    });
    const status = response.getStatusCode();
    const headers = response.getHeaders();
    if (status === TOO_MANY_REQUESTS) headers['stripe-should-retry'] = 'true';
    takeObjectsOnly(response);
    if (headers['idempotent-replayed'] === 'true') headers['stripe-should-retry'] = 'false';
    if (status === CONFLICT || status === TOO_MANY_REQUESTS || status >= SERVER_ERROR) troubled(`Stripe answered ${status} to ${call}`);
    return response;
  };
  return client;
}

/** The SDK takes any JSON for an object: a text or a number in its place would end the process, where nobody can catch it. */
function takeObjectsOnly(response: Stripe.HttpClientResponse): void {
  const toJson = response.toJSON.bind(response);
  response.toJSON = async () => {
    const answer = (await toJson()) as unknown;
    if (typeof answer !== 'object' || answer === null) throw new SyntaxError('the answer is no object');
    return answer;
  };
}

const KIND_BY_STRIPE_ERROR: Record<string, { kind: ErrorKind; hint: string }> = {
  StripeAuthenticationError: { kind: 'key-refused', hint: 'check STRIPE_SECRET_KEY, or run devchat init' },
  StripePermissionError: { kind: 'key-refused', hint: 'give the restricted key the permission that Stripe names' },
  StripeConnectionError: { kind: 'unreachable', hint: 'check the network and STRIPE_API_BASE; with the sandbox, start it with devchat up' },
  StripeRateLimitError: { kind: 'unreachable', hint: 'wait a minute and try again' },
  StripeAPIError: { kind: 'unreachable', hint: 'try again; https://status.stripe.com tells when Stripe itself has trouble' },
};

/** Whether an error of the SDK says that there is no such object. */
export function isMissing(error: unknown): boolean {
  return (error as { code?: string }).code === 'resource_missing';
}

/** Says what a failed Stripe call means for us; errors that are not Stripe's come back as they are. */
export function explainStripeError(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const known = KIND_BY_STRIPE_ERROR[error.type];
  const request = error.requestId ? ` (${error.requestId})` : '';
  const parameter = error.param ? ` [${error.param}]` : '';
  const kind = isMissing(error) ? 'not-found' : (known?.kind ?? 'failed');
  return new DevchatError(kind, `Stripe: ${error.message}${parameter}${request}`, known?.hint, error);
}
