/** Forms are taken from these pages alone: a page of another site must not act for somebody who has the portal open. */
import type { NextFunction, Request, Response } from 'express';
import { Refusal } from './serving.ts';

const OWN_SITES: readonly string[] = ['same-origin', 'none'];

/** Browsers say where a form comes from; programs without a browser say nothing, and have no visitor to deceive. */
export function refuseForeignForms(request: Request, _: Response, next: NextFunction): void {
  if (request.method !== 'POST' || comesFromHere(request)) return next();
  throw new Refusal(403, 'That did not come from here', 'This form was sent by a page of another site, so nothing was done.');
}

function comesFromHere(request: Request): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return OWN_SITES.includes(site);
  const origin = request.get('origin');
  return origin === undefined || origin === `${request.protocol}://${request.get('host')}`;
}
