/** Tells browsers, who get pages and redirects, from programs, who get JSON. */
import type { Request, Response } from 'express';

/** Whether the caller named text/html among what it accepts. */
export function wantsPage(request: Request): boolean {
  if (request.app.get('answers JSON always')) return false;
  return request.headers.accept?.includes('text/html') ?? false;
}

/** Sends a browser to `url` (303), and tells a program the `answer` that holds it. */
export function sendThere(request: Request, response: Response, url: string, answer: object): void {
  response.set('Cache-Control', 'no-store');
  if (wantsPage(request)) response.redirect(303, url);
  else response.json(answer);
}
