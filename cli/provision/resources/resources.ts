/** Every kind of Stripe object that is provisioned. */
import { portalConfiguration } from './portal-configuration.ts';
import { price } from './price.ts';
import { product } from './product.ts';
import type { Kind, Resource } from './resource.ts';
import { webhookEndpoint } from './webhook-endpoint.ts';

export const RESOURCES: Readonly<Record<Kind, Resource>> = {
  product,
  price,
  portal_configuration: portalConfiguration,
  webhook_endpoint: webhookEndpoint,
};
