/** The hosted pages of the local Stripe: Checkout, Customer Portal, invoices, and the bank's question to a card's holder. */
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import type { PortalSession } from '../api/portal-sessions.ts';
import { inConcernedTime } from '../test-clock-time.ts';
import type { World } from '../world.ts';
import { challengeRouter } from './challenge/routes.ts';
import { checkoutRouter } from './checkout/routes.ts';
import { frontPage } from './front.ts';
import { invoiceRouter } from './invoice/routes.ts';
import { loginRouter } from './portal/login.ts';
import { portalRouter } from './portal/routes.ts';
import { refuseForeignForms } from './same-site.ts';
import { protectPage, Refusal, send, showRefusal } from './serving.ts';

const ASSETS_FOLDER = fileURLToPath(new URL('assets', import.meta.url));
const FORM_LIMIT = '20kb';

const PATHS = ['/c/pay', '/p/session', '/p/login', '/i', '/authenticate'];

/**
 * Serves / (what this is), /c/pay/:session, /p/session/:token, /p/login/:configuration, /i/:invoice, /authenticate/:intent and the files that
 * they load from /pages. Mount it at the root, before the API; every other path goes on to the next router.
 */
export function pagesRouter(world: World): Router {
  const router = express.Router({ caseSensitive: true });
  router.use('/pages', express.static(ASSETS_FOLDER, { index: false, redirect: false }));
  router.get('/', protectPage, (_, response) => send(response, 200, frontPage()));
  router.use(PATHS, protectPage, refuseForeignForms, express.urlencoded({ extended: false, limit: FORM_LIMIT }));
  // It holds until a handler waits for something: what a page does for billing, it does before.
  router.use(PATHS.map((path) => `${path}/:id`), (request, _, next) => {
    const { id } = request.params as unknown as { id: string };
    inConcernedTime(world, { ids: [id, ...customersOf(world, id)], isWrite: request.method === 'POST' }, next);
  });
  router.use('/c/pay', checkoutRouter(world));
  router.use('/p/session', portalRouter(world));
  router.use('/p/login', loginRouter(world));
  router.use('/i', invoiceRouter(world));
  router.use('/authenticate', challengeRouter(world));
  router.use(PATHS, () => {
    throw new Refusal(404, 'Nothing here', 'This page does not exist.');
  });
  router.use(showRefusal);
  return router;
}

/** Whom a portal's link is for; other pages tell it by their id. */
function customersOf(world: World, token: string): string[] {
  return world.store.all<PortalSession>('billing_portal.session', { _token: token }).flatMap(({ customer }) => customer ?? []);
}
