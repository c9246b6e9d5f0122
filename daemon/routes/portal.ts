/** POST /users/portal: the way to Stripe's Customer Portal, as provisioned, and back to the dashboard. */
import { Router } from 'express';
import type Stripe from 'stripe';
import { z } from 'zod';
import { DevchatError } from '../../core/errors.ts';
import { findPortalConfiguration } from '../../core/provisioned.ts';
import type { Dependencies } from '../dependencies.ts';
import type { PortalAnswer } from '../contract.ts';
import { parsed } from '../parsed-form.ts';
import { callerOf } from '../sign-in.ts';
import { sendThere } from '../wants-page.ts';

/** The tasks of the portal that may be asked for. */
const FLOWS = ['payment_method_update'] as const;

const portalForm = z.object({ flow: z.enum(FLOWS, `is not ${FLOWS.join(' or ')}`).optional() });

export function portalRoutes(dependencies: Dependencies): Router {
  const { stripe, baseUrl } = dependencies;
  return Router().post('/users/portal', async (request, response) => {
    const { customer } = await callerOf(request, dependencies);
    const { flow } = parsed(portalForm, request);
    const configuration = await provisionedConfiguration(dependencies);
    const return_url = `${baseUrl}/dashboard`;
    const { url } = await stripe.billingPortal.sessions.create({ customer, configuration, return_url, ...(flow && { flow_data: straightTo(flow, return_url) }) });
    sendThere(request, response, url, { url, configuration } satisfies PortalAnswer);
  });
}

/** One task, and back when it is done: https://docs.stripe.com/customer-management/portal-deep-links */
function straightTo(type: (typeof FLOWS)[number], return_url: string): Stripe.BillingPortal.SessionCreateParams.FlowData {
  return { type, after_completion: { type: 'redirect', redirect: { return_url } } };
}

async function provisionedConfiguration({ stripe, challengeId }: Dependencies): Promise<string> {
  const configuration = await findPortalConfiguration(stripe, challengeId);
  if (!configuration?.active) throw new DevchatError('not-configured', 'the Customer Portal is not provisioned', 'run devchat provision portal; with --all where the account has more than 100 configurations');
  return configuration.id;
}
