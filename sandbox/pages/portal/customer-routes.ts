/** The portal's billing information: what customers may correct about themselves. */
import type { Router } from 'express';
import type { Customer } from '../../billing/shapes.ts';
import type { World } from '../../world.ts';
import { addressValues, missingParts } from '../address-fields.ts';
import { DEFAULT_COUNTRY } from '../countries.ts';
import { isEmail, type FieldErrors, type FieldValues } from '../fields.ts';
import { formOf, send } from '../serving.ts';
import { updateCustomer } from './actions.ts';
import { finish, goBackUrl } from './completion.ts';
import { BILLING_IDS, customerPage, SHIPPING_IDS } from './customer-view.ts';
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
    finish(response, world, portal, 'customer');
  });
}

function open(world: World, token: string): PortalVisit {
  const portal = visit(world, token);
  requireFeature(portal, 'customer_update');
  return portal;
}

function errorsIn({ features }: PortalVisit, form: FieldValues): FieldErrors {
  const allowed: readonly string[] = features.customer_update.allowed_updates;
  const hasPlace = Boolean(form.city || form.postal_code);
  const ships = Boolean(form.shipping_name || form.shipping_line1);
  return {
    ...(allowed.includes('email') && !isEmail(form.email ?? '') ? { email: 'Your email is invalid.' } : {}),
    ...(allowed.includes('address') && hasPlace ? missingParts(BILLING_IDS, form, ['line1']) : {}),
    ...(allowed.includes('shipping') && ships ? missingParts(SHIPPING_IDS, form, ['line1', 'city']) : {}),
    ...(allowed.includes('shipping') && ships && !form.shipping_name ? { shipping_name: 'Required' } : {}),
  };
}

function valuesOf({ name, email, phone, address, shipping }: Customer): FieldValues {
  const text = (value: string | null | undefined): string | undefined => value ?? undefined;
  return {
    name: text(name),
    email: text(email),
    phone: text(phone),
    ...addressValues(BILLING_IDS, address, DEFAULT_COUNTRY),
    shipping_name: text(shipping?.name),
    shipping_phone: text(shipping?.phone),
    ...addressValues(SHIPPING_IDS, shipping?.address, DEFAULT_COUNTRY),
  };
}

function pageOf(portal: PortalVisit, values: FieldValues, errors: FieldErrors): string {
  const allowed = portal.features.customer_update.allowed_updates;
  return customerPage({ business: portal.business, goBackUrl: goBackUrl(portal), allowed, values, errors });
}
