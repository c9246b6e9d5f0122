/** The errors that Stripe's API answers with, word for word where the words are known. */

export type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

export interface ErrorBody {
  type: ErrorType;
  message: string;
  code?: string;
  param?: string;
  doc_url?: string;
  request_log_url?: string;
  decline_code?: string;
  advice_code?: string;
  network_decline_code?: string;
  [detail: string]: unknown;
}

interface ErrorOptions {
  /** The writes and events of the call stay although it answers with an error: a declined payment leaves its traces. */
  keepsWrites?: boolean;
  headers?: Record<string, string>;
}

/** An answer of the API that is no success. Throw it anywhere inside a route. */
export class StripeError extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly keepsWrites: boolean;
  readonly headers: Record<string, string>;

  constructor(status: number, body: ErrorBody, options: ErrorOptions = {}) {
    super(body.message);
    this.status = status;
    this.body = body.code ? { ...body, doc_url: documentationOf(body.code) } : body;
    this.keepsWrites = options.keepsWrites ?? false;
    this.headers = options.headers ?? {};
  }
}

function documentationOf(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
}

/** 400 `invalid_request_error`: the general refusal. `param` is the form's own name, `items[0][price]`. */
export function invalidRequest(message: string, param?: string, code?: string): StripeError {
  return new StripeError(400, {
    type: 'invalid_request_error',
    message,
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  });
}

/** 404 for an id in the path; 400 with its parameter when a call names something that does not exist. */
export function resourceMissing(noun: string, id: string, param?: string): StripeError {
  const message = `No such ${noun}: '${id}'`;
  const body = { type: 'invalid_request_error', code: 'resource_missing', message, param: param ?? 'id' } as const;
  return new StripeError(param === undefined ? 404 : 400, body);
}

export function unknownParameters(names: readonly [string, ...string[]]): StripeError {
  const [first, ...others] = names;
  const said = others.length === 0 ? 'parameter' : 'parameters';
  return invalidRequest(`Received unknown ${said}: ${[first, ...others].join(', ')}`, first, 'parameter_unknown');
}

/** Stripe closes this sentence with a full stop for top-level parameters only. */
export function missingParameter(name: string): StripeError {
  return invalidRequest(`Missing required param: ${name}${name.includes('[') ? '' : '.'}`, name, 'parameter_missing');
}

export function emptyParameter(name: string): StripeError {
  const message =
    `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; ` +
    `however '${name}' cannot be unset. You should remove '${name}' from your request or supply a non-empty value.`;
  return invalidRequest(message, name, 'parameter_invalid_empty');
}

export function invalidInteger(name: string, message: string): StripeError {
  return invalidRequest(message, name, 'parameter_invalid_integer');
}

export interface Decline {
  code: string;
  message: string;
  decline_code?: string;
  advice_code?: string;
  network_decline_code?: string;
  [detail: string]: unknown;
}

/** 402: the bank said no. What the attempt wrote (a failed charge, its events) stays, unless `keepsWrites` is false. */
export function cardError(decline: Decline, options: { param?: string; keepsWrites?: boolean } = {}): StripeError {
  const body = { type: 'card_error', param: options.param ?? '', ...decline } as const;
  return new StripeError(402, body, { keepsWrites: options.keepsWrites ?? true });
}

const LOCKED =
  'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see ' +
  'this error intermittently, retry the request. If you see this error frequently and are making multiple concurrent requests to ' +
  'a single object, make your requests serially or at a lower rate. For more details, see ' +
  'https://stripe.com/docs/rate-limits#object-lock-timeouts.';

/** 429 `lock_timeout`: the object is in use. The SDK tries a 429 again only where the header asks for it. */
export function lockTimeout(): StripeError {
  const body = { type: 'invalid_request_error', code: 'lock_timeout', message: LOCKED } as const;
  return new StripeError(429, body, { headers: { 'Stripe-Should-Retry': 'true' } });
}
