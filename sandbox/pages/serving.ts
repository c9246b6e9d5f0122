/** What all hosted pages share in serving: headers, posted forms, refusals as pages. */
import type { NextFunction, Request, Response } from 'express';
import { StripeError } from '../wire/errors.ts';
import type { FieldValues } from './fields.ts';
import { messagePage, type Link } from './layout.ts';

/**
 * Own files only, no inline code, never inside a frame; links to the portal and to Checkout stay out of caches, and other
 * sites never see them as a referrer.
 */
const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  // Own forms keep their Origin with it, which `no-referrer` would take away.
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
} as const;

/** A page that cannot be shown, in the visitor's words. */
export class Refusal extends Error {
  readonly status: RefusalStatus;
  readonly title: string;
  readonly wayOut: WayOut | undefined;

  constructor(status: RefusalStatus, title: string, text: string, wayOut?: WayOut) {
    super(text);
    this.status = status;
    this.title = title;
    this.wayOut = wayOut;
  }
}

/** 403: not offered; 404: unknown; 409: done already; 410: no longer. */
type RefusalStatus = 403 | 404 | 409 | 410;

/** Where the visitor can go from here. */
export type WayOut = Link;

export function protectPage(_: Request, response: Response, next: NextFunction): void {
  response.set(PAGE_HEADERS);
  next();
}

/** The posted fields; one that came more than once counts as the first. */
export function formOf(request: Request): FieldValues {
  const body = (request.body ?? {}) as Record<string, string | string[]>;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String([value].flat()[0]).trim()]));
}

export function send(response: Response, status: number, page: string): void {
  response.status(status).type('html').send(page);
}

/** The last handler of the pages: every error becomes a page. */
export function showRefusal(error: unknown, _: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) return next(error);
  if (error instanceof Refusal) return send(response, error.status, messagePage(error.title, error.message, error.wayOut));
  if (error instanceof StripeError) return send(response, error.status, messagePage('That did not work', error.message));
  const { status } = error as { status?: unknown };
  if (typeof status === 'number' && status < 500) return send(response, status, messagePage('That did not work', 'The form could not be read. Go back and try again.'));
  process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
  send(response, 500, messagePage('That did not work', "The sandbox failed at this page; its own output says where."));
}
