/** Who calls, and in which version: the checks before any route runs. */
import type { IncomingHttpHeaders } from 'node:http';
import { API_VERSION } from '../api-version.ts';
import { StripeError, invalidRequest } from './errors.ts';

/** Throws StripeError (401, without request id) unless the call carries a test-mode secret or restricted key. */
export function checkKey(headers: IncomingHttpHeaders): void {
  const key = keyOf(headers.authorization);
  if (key === undefined) throw unauthorized(NO_KEY);
  if (/^(sk|rk)_live_/.test(key)) throw unauthorized(`${INVALID_KEY} ${masked(key)}. This is a local sandbox: it takes test mode keys only, and a live key should not be here.`);
  if (!/^(sk|rk)_test_\w+$/.test(key)) throw unauthorized(`${INVALID_KEY} ${masked(key)}`);
  if (key.length < KEY_LENGTH_MIN) throw unauthorized(`${INVALID_KEY} ${masked(key)}. ${TAKES}`);
}

const KEY_LENGTH_MIN = 12;
const INVALID_KEY = 'Invalid API Key provided:';
const TAKES = `This is a local sandbox: it takes any sk_test_… or rk_test_… key of ${KEY_LENGTH_MIN} characters or more.`;
const NO_KEY =
  'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth ' +
  "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, " +
  'or we can help at https://support.stripe.com/.';

/** `Bearer sk_test_…`, or the user name of basic authentication as curl's `-u sk_test_…:` sends it. */
function keyOf(authorization = ''): string | undefined {
  const [scheme = '', credentials = ''] = authorization.trim().split(/\s+/);
  if (/^bearer$/i.test(scheme)) return credentials || undefined;
  if (/^basic$/i.test(scheme)) return Buffer.from(credentials, 'base64').toString().split(':')[0] || undefined;
  return undefined;
}

function masked(key: string): string {
  const kind = /^(sk|rk|pk)_(test|live)_/.exec(key)?.[0] ?? '';
  const hidden = key.slice(kind.length);
  return `${kind}${'*'.repeat(Math.max(hidden.length - 4, 4))}${hidden.length > 8 ? hidden.slice(-4) : ''}`;
}

function unauthorized(message: string): StripeError {
  const headers = { 'Www-Authenticate': 'Bearer realm="Stripe"' };
  return new StripeError(401, { type: 'invalid_request_error', message }, { headers });
}

/** Throws StripeError (403) when the call is meant for a connected account: there is only one account. */
export function checkAccount(headers: IncomingHttpHeaders, accountId: string): void {
  const account = headers['stripe-account'];
  if (account === undefined || account === accountId) return;
  const key = masked(keyOf(headers.authorization) ?? '');
  const message = `The provided key '${key}' does not have access to account '${String(account)}' (or that account does not exist). Application access may have been revoked.`;
  throw new StripeError(403, { type: 'invalid_request_error', code: 'account_invalid', message });
}

/** What the Stripe CLI calls with an old version of the API, whatever was asked of it. */
const ANY_VERSION = [/^\/v1\/webhook_endpoints$/, /^\/v1\/stripecli\//, /^\/v1\/events\/\w+\/retry$/];

/** Throws StripeError when the call asks for another version than the one that the sandbox serves. */
export function checkVersion(headers: IncomingHttpHeaders, path: string): void {
  const version = headers['stripe-version'];
  if (version === undefined || version === API_VERSION || ANY_VERSION.some((known) => known.test(path))) return;
  throw invalidRequest(`Invalid Stripe API version: ${String(version)}. This sandbox serves ${API_VERSION} only: send that version, or none.`);
}
