/** Refuses posts that another site's page makes in a visitor's name (https://owasp.org/www-community/attacks/csrf). */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { HttpError } from './errors.ts';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/** Middleware; a browser says by Sec-Fetch-Site and Origin where a post comes from, and it cannot be made to lie. */
export function refuseOtherSites({ baseUrl }: { baseUrl: string }): RequestHandler {
  const ownOrigin = new URL(baseUrl).origin;
  return (request: Request, _response: Response, next: NextFunction) => {
    if (!SAFE_METHODS.includes(request.method) && isFromElsewhere(request, ownOrigin)) throw new HttpError(403, 'cross_site', 'this request came from another site');
    next();
  };
}

function isFromElsewhere(request: Request, ownOrigin: string): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = request.get('origin');
  if (origin === undefined) return FORM_TYPES.some((type) => request.get('content-type')?.startsWith(type));
  return origin !== ownOrigin && !isHostOf(origin, request);
}

/** The daemon may be reached under another of its names, such as localhost for 127.0.0.1. */
function isHostOf(origin: string, request: Request): boolean {
  return URL.canParse(origin) && new URL(origin).host === request.get('host');
}
