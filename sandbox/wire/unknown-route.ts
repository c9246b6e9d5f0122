/** What is said of a path that no route serves: the methods it has, the object that there is not, or where the routes are listed. */
import { StripeError } from './errors.ts';
import type { Route } from './route.ts';

/** Stripe's objects that are not here, by the paths that they have at Stripe. */
const NOT_HERE: Readonly<Record<string, string>> = {
  account_links: 'connected accounts',
  accounts: 'connected accounts',
  'billing/alerts': 'billing alerts',
  'billing/credit_grants': 'credit grants',
  'billing/meter_events': 'meters',
  'billing/meters': 'meters',
  confirmation_tokens: 'confirmation tokens',
  coupons: 'coupons',
  credit_notes: 'credit notes',
  customer_sessions: 'customer sessions',
  disputes: 'disputes',
  entitlements: 'entitlements',
  ephemeral_keys: 'ephemeral keys',
  files: 'files',
  identity: 'Identity',
  issuing: 'Issuing',
  mandates: 'mandates',
  payment_links: 'payment links',
  payouts: 'payouts',
  promotion_codes: 'promotion codes',
  quotes: 'quotes',
  reporting: 'reports',
  setup_attempts: 'set-up attempts',
  shipping_rates: 'shipping rates',
  sources: 'sources: cards are payment methods',
  subscription_schedules: 'subscription schedules',
  tax: 'tax',
  tax_ids: 'tax ids',
  tax_rates: 'tax rates',
  terminal: 'Terminal',
  tokens: 'tokens of its own: name one such as tok_visa',
  topups: 'top-ups',
  transfers: 'transfers',
};

const PREVIEW = 'This version of the API has POST /v1/invoices/create_preview in its place.';

/** Routes of Stripe's older versions, and what stands for them in this one. An id in the path would be looked for. */
export const REMOVED: Readonly<Record<string, string>> = {
  '/v1/invoices/upcoming': PREVIEW,
  '/v1/invoices/upcoming/lines': PREVIEW,
};

const PAGE = 'docs/sandbox-api.md lists what it has.';

/** What an empty id comes to: the SDK asks for `/v1/customers/`. */
const TRAILING_SLASH =
  'If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed ' +
  'a valid (non-empty) identifier in your code. Please see https://stripe.com/docs or we can help at https://support.stripe.com/.';

/** 404, naming what was asked for. */
export function unknownRoute(routes: readonly Route[], method: string, path: string): StripeError {
  return unrecognized(method, path, path.endsWith('/') ? TRAILING_SLASH : whatElse(routes, path));
}

/** 404 for a path, and what to do instead. */
export function unrecognized(method: string, path: string, instead: string): StripeError {
  return new StripeError(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${method}: ${path}). ${instead}` });
}

function whatElse(routes: readonly Route[], path: string): string {
  const methods = routes.filter((one) => new RegExp(`^${one.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(path)).map(({ method }) => method);
  if (methods.length > 0) return `The sandbox has this path for ${methods.join(', ')} only.`;
  if (path.startsWith('/v2/')) return `The sandbox has no v2 API; ${PAGE}`;
  const [, first = '', second = ''] = /^\/v1\/(\w+)(?:\/(\w+))?/.exec(path) ?? [];
  const objects = NOT_HERE[`${first}/${second}`] ?? NOT_HERE[first];
  return `The sandbox has no ${objects ?? 'such route'}; ${PAGE}`;
}
