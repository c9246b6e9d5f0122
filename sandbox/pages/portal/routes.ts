/** /p/session/:token: the Customer Portal. The session's configuration decides which pages there are, for posts as well. */
import express, { type Router } from 'express';
import type { World } from '../../world.ts';
import { send } from '../serving.ts';
import { cancelRoutes } from './cancel-routes.ts';
import { completionRoutes, doneText, taskUrl } from './completion.ts';
import { customerRoutes } from './customer-routes.ts';
import { homeView } from './home.ts';
import { homePage } from './home-view.ts';
import { pauseRoutes } from './pause-routes.ts';
import { paymentMethodRoutes } from './payment-method-routes.ts';
import { visit } from './session.ts';
import { updateRoutes } from './update-routes.ts';

export function portalRouter(world: World): Router {
  const router = express.Router();
  router.get('/:token', (request, response) => {
    const portal = visit(world, request.params.token);
    const task = taskUrl(portal);
    if (task !== undefined) return response.redirect(303, task);
    const asked = { done: doneText(request.query.done), invoicesAfter: request.query.invoices_after };
    send(response, 200, homePage(homeView(world, portal, asked)));
  });
  cancelRoutes(router, world);
  pauseRoutes(router, world);
  paymentMethodRoutes(router, world);
  customerRoutes(router, world);
  updateRoutes(router, world);
  completionRoutes(router, world);
  return router;
}
