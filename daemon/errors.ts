/** What each kind of error is over HTTP: a status and JSON for programs, a small page for people. */
import type { NextFunction, Request, Response } from 'express';
import { DevchatError, type ErrorKind } from '../core/errors.ts';
import { explainStripeError } from '../core/stripe.ts';
import type { ErrorAnswer } from './contract.ts';
import { wantsPage } from './wants-page.ts';
import type { Logger } from './logger.ts';

const INTERNAL_ERROR = 500;

/** An error that only exists over HTTP. `code` is for programs, `fields` says what is wrong with each field of a form. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;
  readonly fields: Record<string, string> | undefined;

  constructor(status: number, code: string, message: string, more: { hint?: string; fields?: Record<string, string> } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = more.hint;
    this.fields = more.fields;
  }
}

const STATUS_BY_KIND: Readonly<Record<ErrorKind, number>> = {
  usage: 400,
  'not-configured': 503,
  'key-refused': 503,
  unreachable: 503,
  'not-found': 404,
  conflict: 409,
  failed: INTERNAL_ERROR,
};

/** The one error handler: logs what is our own fault, and answers the caller in the form that it reads. */
export function errorHandler(logger: Logger) {
  return (thrown: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) return next(thrown);
    const error = asHttpError(explainStripeError(thrown));
    if (error.status >= INTERNAL_ERROR) logger.error({ path: request.path, code: error.code, reason: reasonOf(thrown) }, 'request failed');
    response.status(error.status).set('Cache-Control', 'no-store');
    if (wantsPage(request)) response.type('html').send(errorPage(error));
    else response.json(errorAnswer(error));
  };
}

/** For paths that nothing answers. */
export function notFound(request: Request): never {
  throw new HttpError(404, 'not_found', `there is nothing at ${request.method} ${request.path}`);
}

function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof DevchatError && error.kind === 'key-refused') return new HttpError(STATUS_BY_KIND[error.kind], 'unavailable', 'payments are not available at the moment', { hint: 'try again later' });
  if (error instanceof DevchatError) return new HttpError(STATUS_BY_KIND[error.kind], error.kind.replace('-', '_'), error.message, error.hint ? { hint: error.hint } : {});
  return callersError(error) ?? new HttpError(INTERNAL_ERROR, 'failed', 'something went wrong here; it has been logged');
}

const BODY_ERRORS: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  'entity.too.large': [413, 'too_large', 'the body is too large'],
  'encoding.unsupported': [415, 'encoded', 'the body must not be compressed'],
  'charset.unsupported': [415, 'encoded', 'the body must be UTF-8'],
  'parameters.too.many': [413, 'too_large', 'the body has too many fields'],
  'entity.parse.failed': [400, 'bad_request', 'the body is not what its content type says'],
};

/** Express and its parsers mark what is the caller's mistake by a status. */
function callersError(error: unknown): HttpError | undefined {
  const { type = '', status = INTERNAL_ERROR } = (error ?? {}) as { type?: string; status?: number };
  const known = BODY_ERRORS[type];
  if (known) return new HttpError(...known);
  if (status === 404) return new HttpError(status, 'not_found', 'there is nothing at that address');
  return status >= 400 && status < INTERNAL_ERROR ? new HttpError(status, 'bad_request', 'the request cannot be understood') : undefined;
}

function errorAnswer({ code, message, hint, fields }: HttpError): ErrorAnswer {
  return { error: { code, message, ...(hint ? { hint } : {}), ...(fields ? { fields } : {}) } };
}

function errorPage({ status, message, hint }: HttpError): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>/dev/chat: ${status}</title><link rel="stylesheet" href="/error.css"></head>
<body><main><h1>That did not work</h1><p role="alert">${escaped(sentence(message))}</p>${hint ? `<p>${escaped(sentence(hint))}</p>` : ''}<p><a href="/dashboard">Back to the dashboard</a></p></main></body></html>`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
