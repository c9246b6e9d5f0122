/** What a hand can change of what was provisioned, setting by setting, and what the plan must then show. */
import type Stripe from 'stripe';
import { CHALLENGE_KEY, monthlyLookupKey } from '../../core/provisioned.ts';
import { saveSettings } from '../../core/settings.ts';
import type { Kind } from '../../cli/provision/resources/resource.ts';
import type { InUse } from './provision-judge.ts';
import { BASE_URL, CHALLENGE } from './provision-machines.ts';
import type { Scene } from './provision-scene.ts';

export interface Edit {
  by(scene: Scene, ids: InUse): Promise<unknown>;
  /** What the plan must show where it is not an update of this one setting, as "replace price: unit_amount"; of what is created nothing but that. */
  shows?: readonly string[];
  /** What has to hold afterwards besides. */
  leaves?(scene: Scene, before: InUse, after: InUse): Promise<string[]>;
}

const UNTAGGED = { metadata: { [CHALLENGE_KEY]: '' } };
const TAGGED = { metadata: { [CHALLENGE_KEY]: CHALLENGE } };
const LOOKUP_KEY = monthlyLookupKey(CHALLENGE);
const HOLDING_THE_KEY = { lookup_key: LOOKUP_KEY, transfer_lookup_key: true } as const;
const OLD_ONE_GOES = 'deactivate price: active';

const ofProduct = (params: Stripe.ProductUpdateParams): Edit['by'] => ({ stripe }, { product }) => stripe.products.update(product, params);
const ofPrice = (params: Stripe.PriceUpdateParams): Edit['by'] => ({ stripe }, { price }) => stripe.prices.update(price, params);
const ofPortal = (params: Stripe.BillingPortal.ConfigurationUpdateParams): Edit['by'] => ({ stripe }, { portal_configuration: id }) => stripe.billingPortal.configurations.update(id, params);
const ofEndpoint = (params: Stripe.WebhookEndpointUpdateParams): Edit['by'] => ({ stripe }, { webhook_endpoint: id }) => stripe.webhookEndpoints.update(id, params);
const ofFeatures = (features: Stripe.BillingPortal.ConfigurationUpdateParams.Features): Edit['by'] => ofPortal({ features });

/** Another price takes the lookup key. */
const byPrice = (params: Partial<Stripe.PriceCreateParams>): Edit['by'] => ({ stripe }, { product }) =>
  stripe.prices.create({ product, currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' }, ...HOLDING_THE_KEY, ...TAGGED, ...params });

const byUpdatingTheSubscription: Edit['by'] = async ({ stripe }, { product, price, portal_configuration: id }) => {
  const offered = { enabled: true, default_allowed_updates: ['price' as const], products: [{ product, prices: [price] }] };
  await stripe.billingPortal.configurations.update(id, { features: { subscription_update: offered } });
};

/** An endpoint cannot change its version: it was made anew by hand, and its secret saved. */
const byAnotherEndpoint: Edit['by'] = async (scene, { webhook_endpoint: id }) => {
  const { url, enabled_events: events } = await scene.stripe.webhookEndpoints.retrieve(id);
  await scene.stripe.webhookEndpoints.del(id);
  const version = '2020-03-02' as Stripe.WebhookEndpointCreateParams.ApiVersion;
  await scene.saveSecret(await scene.stripe.webhookEndpoints.create({ url, enabled_events: events as Stripe.WebhookEndpointCreateParams.EnabledEvent[], api_version: version, ...TAGGED }));
};

const byForgettingTheSecret: Edit['by'] = ({ configDir }) => saveSettings(configDir(), { webhookSecrets: {} });

/** A price of somebody else's product, which is its default one. */
const byPriceOfOthers: Edit['by'] = async ({ stripe }) => {
  const { id: product } = await stripe.products.create({ name: 'Workshop' });
  const price = await stripe.prices.create({ product, currency: 'usd', unit_amount: 9000, recurring: { interval: 'month' }, ...HOLDING_THE_KEY });
  await stripe.products.update(product, { default_price: price.id });
};

async function othersStayAsTheyAre({ stripe }: Scene): Promise<string[]> {
  const workshop = (await stripe.products.list({ limit: 100, active: true })).data.find(({ name }) => name === 'Workshop');
  const [price] = (await stripe.prices.list({ product: workshop?.id ?? '' })).data;
  await stripe.products.update(workshop?.id ?? '', { default_price: '', active: false });
  await stripe.prices.update(price?.id ?? '', { active: false });
  return price?.active && workshop?.default_price === price.id ? [] : ['what others sell was changed'];
}

/** The old price is the default one of its product, as those are that the Dashboard makes. */
const byDefaultPrice: Edit['by'] = async (scene, ids) => {
  const { id } = (await byPrice({ unit_amount: 5000 })(scene, ids)) as Stripe.Price;
  await scene.stripe.products.update(ids.product, { default_price: id });
};

async function newOneIsDefault({ stripe }: Scene, _: InUse, { product, price }: InUse): Promise<string[]> {
  const isDefault = (await stripe.products.retrieve(product)).default_price as string | null;
  await stripe.products.update(product, { default_price: '' });
  return isDefault === price ? [] : [`${isDefault} is the default price, not ${price}`];
}

/** By kind and setting, then what else can be done to it. */
export const EDITS: Readonly<Record<Kind, Readonly<Record<string, Edit>>>> = {
  product: {
    active: { by: ofProduct({ active: false }), shows: ['reactivate product: active'] },
    name: { by: ofProduct({ name: 'Old' }) },
    unit_label: { by: ofProduct({ unit_label: '' }) },
    'metadata.challenge_id': { by: ofProduct(UNTAGGED) },
    'all of it': {
      by: ofProduct({ active: false, name: 'Old', unit_label: 'hour', ...UNTAGGED }),
      shows: ['reactivate product: active, name, unit_label, metadata.challenge_id'],
    },
  },
  price: {
    active: { by: ofPrice({ active: false }), shows: ['reactivate price: active'] },
    lookup_key: { by: ofPrice({ lookup_key: '' }) },
    'metadata.challenge_id': { by: ofPrice(UNTAGGED) },
    unit_amount: { by: byPrice({ unit_amount: 5000 }), shows: ['replace price: unit_amount', OLD_ONE_GOES] },
    currency: { by: byPrice({ currency: 'eur' }), shows: ['replace price: currency', OLD_ONE_GOES] },
    'recurring.interval': { by: byPrice({ recurring: { interval: 'year' } }), shows: ['replace price: recurring.interval', OLD_ONE_GOES] },
    'recurring.interval_count': { by: byPrice({ recurring: { interval: 'month', interval_count: 3 } }), shows: ['replace price: recurring.interval_count', OLD_ONE_GOES] },
    'a default price of another amount': { by: byDefaultPrice, shows: ['replace price: unit_amount', OLD_ONE_GOES], leaves: newOneIsDefault },
    'a price of others': { by: byPriceOfOthers, shows: ['replace price: product, unit_amount, metadata.challenge_id', OLD_ONE_GOES], leaves: othersStayAsTheyAre },
    'out of sight': { by: ofPrice({ active: false, lookup_key: '' }), shows: ['create price'] },
  },
  portal_configuration: {
    active: { by: ofPortal({ active: false }), shows: ['reactivate portal_configuration: active'] },
    'business_profile.headline': { by: ofPortal({ business_profile: { headline: 'Old' } }) },
    'features.payment_method_update.enabled': { by: ofFeatures({ payment_method_update: { enabled: false } }) },
    'features.invoice_history.enabled': { by: ofFeatures({ invoice_history: { enabled: false } }) },
    'features.subscription_cancel.enabled': { by: ofFeatures({ subscription_cancel: { enabled: false } }) },
    'features.subscription_cancel.mode': { by: ofFeatures({ subscription_cancel: { enabled: true, mode: 'at_period_end' } }) },
    'features.subscription_cancel.proration_behavior': { by: ofFeatures({ subscription_cancel: { enabled: true, proration_behavior: 'create_prorations' } }) },
    'features.customer_update.enabled': { by: ofFeatures({ customer_update: { enabled: true, allowed_updates: ['email'] } }) },
    'features.subscription_update.enabled': { by: byUpdatingTheSubscription },
    'features.subscription_pause.enabled': { by: ofFeatures({ subscription_pause: { enabled: true } }) },
    'metadata.challenge_id': { by: ofPortal(UNTAGGED), shows: ['create portal_configuration'] },
  },
  webhook_endpoint: {
    status: { by: ofEndpoint({ disabled: true }), shows: ['reactivate webhook_endpoint: status'] },
    url: { by: ofEndpoint({ url: `${BASE_URL}/old` }) },
    enabled_events: { by: ofEndpoint({ enabled_events: ['*'] }) },
    api_version: { by: byAnotherEndpoint, shows: ['replace webhook_endpoint: api_version'] },
    secret: { by: byForgettingTheSecret, shows: ['replace webhook_endpoint: secret'] },
    'metadata.challenge_id': { by: ofEndpoint(UNTAGGED), shows: ['create webhook_endpoint'] },
    gone: { by: ({ stripe }, { webhook_endpoint: id }) => stripe.webhookEndpoints.del(id), shows: ['create webhook_endpoint'] },
  },
};
