/** /v1/billing_portal/sessions */
import type Stripe from 'stripe';
import type { Customer, Wire } from '../billing/shapes.ts';
import { createPortalAccess } from '../portal-access.ts';
import { invalidRequest, missingParameter } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { choice, hash, required, string, timestamp } from '../wire/params.ts';
import { url } from '../wire/formats.ts';
import { route } from '../wire/route.ts';
import type { World } from '../world.ts';
import type { PortalConfiguration } from './portal-features.ts';
import { flowOf, flowSpec } from './portal-flow.ts';

export type PortalSession = Wire<Stripe.BillingPortal.Session>;

const LOCALES = [
  'auto', 'bg', 'cs', 'da', 'de', 'el', 'en', 'en-AU', 'en-CA', 'en-GB', 'en-IE', 'en-IN', 'en-NZ', 'en-SG', 'es', 'es-419',
  'et', 'fi', 'fil', 'fr', 'fr-CA', 'hr', 'hu', 'id', 'it', 'ja', 'ko', 'lt', 'lv', 'ms', 'mt', 'nb', 'nl', 'pl', 'pt', 'pt-BR',
  'ro', 'ru', 'sk', 'sl', 'sv', 'th', 'tr', 'vi', 'zh', 'zh-HK', 'zh-TW',
] as const; // prettier-ignore

const sessionSpec = {
  after_expiration: hash({ type: required(choice(['customer_login'])), customer_login: hash({ expires_at: timestamp() }) }),
  configuration: string(),
  customer: string(),
  flow_data: hash(flowSpec),
  locale: choice(LOCALES),
  return_url: url(),
};

export const portalSessionRoutes = [
  route('POST', '/v1/billing_portal/sessions', sessionSpec, (world, { params }) => {
    if (!params.customer) throw missingParameter('customer');
    const customer = existing<Customer>(world, 'customer', params.customer, 'customer');
    const configuration = configurationOf(world, params.configuration);
    checkReturnUrl(params.return_url);
    const { after_expiration: after } = params;
    return createPortalSession(world, customer, configuration, {
      after_expiration: after ? { type: after.type, customer_login: { expires_at: after.customer_login?.expires_at ?? null } } : null,
      flow: params.flow_data ? flowOf(world, params.flow_data, customer.id, configuration) : null,
      locale: params.locale ?? null,
      return_url: params.return_url ?? configuration.default_return_url,
    });
  }),
];

type SessionOptions = Pick<PortalSession, 'after_expiration' | 'flow' | 'locale' | 'return_url'>;

/** A fresh session with its link. Emits `billing_portal.session.created`. */
export function createPortalSession(world: World, customer: Customer, configuration: PortalConfiguration, options: SessionOptions): PortalSession {
  const access = createPortalAccess(world);
  const session: PortalSession = {
    id: world.newId('bps'),
    object: 'billing_portal.session',
    configuration: configuration.id,
    created: world.now(),
    customer: customer.id,
    customer_account: null,
    livemode: false,
    on_behalf_of: null,
    url: access.url,
    ...options,
  };
  world.store.insert({ ...session, ...access.memory });
  world.emit('billing_portal.session.created', session);
  return session;
}

const NO_DEFAULT =
  'No configuration provided and your test mode default configuration has not been created. Provide a configuration or ' +
  'create your default by saving your customer portal settings in test mode at https://dashboard.stripe.com/test/settings/billing/portal.';

function configurationOf(world: World, id: string | null | undefined): PortalConfiguration {
  const kind = 'billing_portal.configuration';
  const found = id
    ? existing<PortalConfiguration>(world, kind, id, 'configuration')
    : world.store.list<PortalConfiguration>(kind, { where: { is_default: true }, limit: 1 }).data[0];
  if (!found) throw invalidRequest(NO_DEFAULT);
  if (!found.active) throw invalidRequest(`The portal configuration ${found.id} is not active: activate it, or name another one.`, 'configuration');
  return found;
}

function checkReturnUrl(url: string | null | undefined): void {
  if (url && !URL.canParse(url)) throw invalidRequest('Not a valid URL', 'return_url', 'url_invalid');
}
