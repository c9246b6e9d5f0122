/** /p/login/:configuration: the shareable way into the portal. Stripe sends the link by e-mail; the sandbox shows it. */
import express, { type Router } from 'express';
import type { PortalConfiguration } from '../../api/portal-features.ts';
import { createPortalSession } from '../../api/portal-sessions.ts';
import type { Customer } from '../../billing/shapes.ts';
import type { World } from '../../world.ts';
import { isEmail, textField, type FieldErrors, type FieldValues } from '../fields.ts';
import { html } from '../html.ts';
import { businessMark, messagePage, splitPage } from '../layout.ts';
import { formOf, Refusal, send } from '../serving.ts';

const SENT = 'If we know this address, a link to the portal is on its way to it.';

export function loginRouter(world: World): Router {
  const router = express.Router();
  router.get('/:configuration', (request, response) => {
    const configuration = openConfiguration(world, request.params.configuration);
    send(response, 200, loginPage(businessOf(world, configuration), {}, {}));
  });
  router.post('/:configuration', (request, response) => {
    const configuration = openConfiguration(world, request.params.configuration);
    const form = formOf(request);
    if (!isEmail(form.email ?? '')) return send(response, 422, loginPage(businessOf(world, configuration), form, { email: 'Your email is invalid.' }));
    const [customer] = world.store.all<Customer>('customer', { email: form.email ?? '' }).reverse();
    if (customer === undefined) return send(response, 200, messagePage('Check your email', SENT));
    const options = { after_expiration: null, flow: null, locale: null, return_url: configuration.default_return_url };
    const { url } = world.store.transaction(() => createPortalSession(world, customer, configuration, options));
    send(response, 200, messagePage('Check your email', `${SENT} The sandbox sends none, so here it is.`, { href: url, label: 'Open the portal' }));
  });
  return router;
}

function openConfiguration(world: World, id: string): PortalConfiguration {
  const found = world.store.find<PortalConfiguration>('billing_portal.configuration', id);
  if (found?.active === true && found.login_page.enabled) return found;
  throw new Refusal(404, 'Nobody can log in here', 'This login page does not exist, or is switched off.');
}

function businessOf(world: World, { business_profile }: PortalConfiguration): string {
  return business_profile.headline ?? world.switchOf('business_name');
}

function loginPage(business: string, values: FieldValues, errors: FieldErrors): string {
  return splitPage({
    title: `Log in - ${business}`,
    aside: html`${businessMark(business)}<p class="Aside-text">Manage your subscription, your payment method and your invoices.</p>`,
    main: html`<h1 class="Step-title">Log in to manage your billing</h1>
      <form method="post" novalidate>
        ${textField({ id: 'email', label: 'Email', type: 'email', autocomplete: 'email', value: values.email }, errors)}
        <div class="Actions"><button class="Button" type="submit" data-testid="login-submit-button">Send the link</button></div>
      </form>`,
  });
}
