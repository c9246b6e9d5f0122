/** POST /users/portal: the way to Stripe's Customer Portal, as provisioned, and back to the dashboard. */
import { Router } from 'express';
import { DevchatError } from '../../core/errors.ts';
import { findPortalConfiguration } from '../../core/provisioned.ts';
import type { Dependencies } from '../dependencies.ts';
import type { PortalAnswer } from '../contract.ts';
import { callerOf } from '../sign-in.ts';
import { sendThere } from '../wants-page.ts';

export function portalRoutes(dependencies: Dependencies): Router {
  const { stripe, baseUrl } = dependencies;
  return Router().post('/users/portal', async (request, response) => {
    const { customer } = await callerOf(request, dependencies);
    const configuration = await provisionedConfiguration(dependencies);
    const { url } = await stripe.billingPortal.sessions.create({ customer, configuration, return_url: `${baseUrl}/dashboard` });
    sendThere(request, response, url, { url, configuration } satisfies PortalAnswer);
  });
}

async function provisionedConfiguration({ stripe, challengeId }: Dependencies): Promise<string> {
  const configuration = await findPortalConfiguration(stripe, challengeId);
  if (!configuration?.active) throw new DevchatError('not-configured', 'the Customer Portal is not provisioned', 'run devchat provision portal; with --all where the account has more than 100 configurations');
  return configuration.id;
}
