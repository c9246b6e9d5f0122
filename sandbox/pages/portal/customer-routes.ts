/** The portal's billing information: what customers may correct about themselves. */
import type { Router } from 'express';
import type { Customer } from '../../billing/shapes.ts';
import type { World } from '../../world.ts';
import { DEFAULT_COUNTRY } from '../countries.ts';
import { isEmail, type FieldErrors, type FieldValues } from '../fields.ts';
import { formOf, send } from '../serving.ts';
import { updateCustomer } from './actions.ts';
import { finish, goBackUrl } from './completion.ts';
import { customerPage } from './customer-view.ts';
import { requireFeature, visit, type PortalVisit } from './session.ts';

const PATH = '/:token/customer';

export function customerRoutes(router: Router, world: World): void {
  router.get(PATH, (request, response) => {
    const portal = open(world, request.params.token);
    send(response, 200, pageOf(portal, valuesOf(portal.customer), {}));
  });
  router.post(PATH, (request, response) => {
    const portal = open(world, request.params.token);
    const form = formOf(request);
    const errors = errorsIn(portal, form);
    if (Object.keys(errors).length > 0) return send(response, 422, pageOf(portal, form, errors));
    updateCustomer(world, portal, form);
    finish(response, portal, 'customer');
  });
}

function open(world: World, token: string): PortalVisit {
  const portal = visit(world, token);
  requireFeature(portal, 'customer_update');
  return portal;
}

function errorsIn({ features }: PortalVisit, form: FieldValues): FieldErrors {
  const asksEmail = features.customer_update.allowed_updates.includes('email');
  return asksEmail && !isEmail(form.email ?? '') ? { email: 'Your email is invalid.' } : {};
}

function valuesOf({ name, email, phone, address }: Customer): FieldValues {
  const { country, ...place } = address ?? {};
  const known = { name, email, phone, ...place, country: country ?? DEFAULT_COUNTRY };
  return Object.fromEntries(Object.entries(known).map(([field, value]) => [field, value ?? undefined]));
}

function pageOf(portal: PortalVisit, values: FieldValues, errors: FieldErrors): string {
  const allowed = portal.features.customer_update.allowed_updates;
  return customerPage({ business: portal.business, goBackUrl: goBackUrl(portal), allowed, values, errors });
}
