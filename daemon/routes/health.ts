/** Whether the daemon lives, and whether its store can be used; neither depends on Stripe. */
import { Router } from 'express';
import type { Dependencies } from '../dependencies.ts';

export function healthRoutes({ cache }: Dependencies): Router {
  return Router()
    .get('/healthz', (_request, response) => void response.json({ status: 'alive' }))
    .get('/readyz', async (_request, response) => {
      await cache.check();
      response.json({ status: 'ready' });
    });
}
