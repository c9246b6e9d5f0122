/** The Express app: which route answers what, in which order. It never listens, so that a test can hold it. */
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Dependencies } from './dependencies.ts';
import { errorHandler, notFound } from './errors.ts';
import { refuseOtherSites } from './refuse-other-sites.ts';
import { healthRoutes } from './routes/health.ts';
import { liveRoutes } from './routes/live.ts';
import { offeringRoutes } from './routes/offerings.ts';
import { pageRoutes } from './routes/pages.ts';
import { portalRoutes } from './routes/portal.ts';
import { userRoutes } from './routes/users.ts';
import { webhookRoute } from './routes/webhook.ts';

const SMALL_BODY = '16kb';

/** Makes the app. The order matters: the webhook reads its own body and bears no other middleware before it. */
export function createApp(dependencies: Dependencies): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple').set('answers JSON always', dependencies.trustUserId);
  app.set('trust proxy', 'loopback'); // a proxy on this machine says who calls; wrong passwords are counted for each
  app.post('/webhook', webhookRoute(dependencies));
  app.use(healthRoutes(dependencies));
  app.use(helmet({ contentSecurityPolicy: { directives: contentSources(dependencies) }, strictTransportSecurity: isSecure(dependencies), referrerPolicy: { policy: 'same-origin' } }));
  app.use(pageRoutes(dependencies));
  app.use(refuseOtherSites(dependencies));
  app.use(express.json({ limit: SMALL_BODY }), express.urlencoded({ limit: SMALL_BODY, extended: false }));
  app.use(userRoutes(dependencies), liveRoutes(dependencies), offeringRoutes(dependencies), portalRoutes(dependencies));
  app.use(notFound);
  app.use(errorHandler(dependencies.logger));
  return app;
}

/** Forms may lead on to Stripe's pages: browsers hold redirects of a form to form-action as well. */
function contentSources({ baseUrl, stripe }: Dependencies): Record<string, string[] | null> {
  const hosted = ['https://checkout.stripe.com', 'https://billing.stripe.com', `${stripe.getApiField('protocol')}://${stripe.getApiField('host')}:${stripe.getApiField('port')}`];
  return {
    defaultSrc: ["'self'"],
    formAction: ["'self'", baseUrl, ...hosted],
    upgradeInsecureRequests: null,
  };
}

function isSecure({ baseUrl }: Dependencies): boolean {
  return baseUrl.startsWith('https:');
}
