/** /v1/billing_portal/configurations */
import { change } from '../billing/change.ts';
import { invalidRequest, missingParameter } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { boolean, choice, hash, integer, list, mergeMetadata, metadata, required, string, type Kind, type Params } from '../wire/params.ts';
import { url } from '../wire/formats.ts';
import { listRoute, route } from '../wire/route.ts';
import type { World } from '../world.ts';
import { checkPauseDuration, checkPortalFeatures, wholePause, wholeProduct, type PortalConfiguration } from './portal-features.ts';

/** https://docs.stripe.com/api/customer_portal/configurations/create: what a cancelling customer can name. */
const CANCELLATION_REASONS = ['customer_service', 'low_quality', 'missing_features', 'other', 'switched_service', 'too_complex', 'too_expensive', 'unused'] as const;
/** Stripe's documentation shows five, its example objects show none. */
const DEFAULT_REASONS = { five: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'], none: [] } as const;
const CUSTOMER_UPDATES = ['address', 'email', 'name', 'phone', 'shipping', 'tax_id'] as const;
const PRORATIONS = ['always_invoice', 'create_prorations', 'none'] as const;
const INTERVALS = ['day', 'week', 'month', 'year'] as const;
const HEADLINE_LENGTH = 60;
const PRODUCTS_MAX = 10;

/** A creation must say `enabled` for each feature that it names; some updates need not. */
function featuresSpec<E extends Kind<boolean>>(enabled: E) {
  return {
    customer_update: hash({ allowed_updates: list(choice(CUSTOMER_UPDATES)), enabled }),
    invoice_history: hash({ enabled: required(boolean()) }),
    payment_method_update: hash({ enabled: required(boolean()), payment_method_configuration: string() }),
    subscription_cancel: hash({
      cancellation_reason: hash({ enabled: required(boolean()), feedback_options: list(string()), options: list(choice(CANCELLATION_REASONS)) }),
      enabled,
      mode: choice(['at_period_end', 'immediately']),
      proration_behavior: choice(PRORATIONS),
    }),
    subscription_pause: hash({
      duration: hash({
        interval_options: list(hash({ interval: required(choice(INTERVALS)), interval_count: integer({ min: 1 }) })),
        type: required(choice(['indefinite', 'interval_options'])),
      }),
      enabled: boolean(),
    }),
    subscription_update: hash({
      billing_cycle_anchor: choice(['now', 'unchanged']),
      default_allowed_updates: list(choice(['price', 'promotion_code', 'quantity'])),
      enabled,
      products: list(
        hash({
          adjustable_quantity: hash({ enabled: required(boolean()), maximum: integer({ min: 1 }), minimum: integer({ min: 0 }) }),
          prices: required(list(string())),
          product: required(string()),
        }),
        { max: PRODUCTS_MAX },
      ),
      proration_behavior: choice(PRORATIONS),
      schedule_at_period_end: hash({ conditions: list(hash({ type: required(choice(['decreasing_item_amount', 'shortening_interval'])) })) }),
      trial_update_behavior: choice(['continue_trial', 'end_trial']),
    }),
  };
}

const settableSpec = {
  business_profile: hash({ headline: string({ max: HEADLINE_LENGTH }), privacy_policy_url: url(), terms_of_service_url: url() }),
  default_return_url: url(),
  login_page: hash({ enabled: required(boolean()) }),
  metadata: metadata(),
  name: string(),
};
const createSpec = { ...settableSpec, features: required(hash(featuresSpec(required(boolean())))) };
const updateSpec = { ...settableSpec, active: boolean(), features: hash(featuresSpec(boolean())) };

export const portalConfigurationRoutes = [
  route('POST', '/v1/billing_portal/configurations', createSpec, (world, { params }) => {
    const reasons = params.features.subscription_cancel?.cancellation_reason;
    if (reasons && !('options' in reasons)) throw missingParameter('features[subscription_cancel][cancellation_reason][options]');
    return createConfiguration(world, params);
  }),
  route('GET', '/v1/billing_portal/configurations/:id', {}, (world, { path }) => {
    return existing<PortalConfiguration>(world, 'billing_portal.configuration', path.id);
  }),
  route('POST', '/v1/billing_portal/configurations/:id', updateSpec, (world, { path, params }) => {
    const stored = existing<PortalConfiguration>(world, 'billing_portal.configuration', path.id);
    if (params.active === false && stored.is_default) throw invalidRequest(DEFAULT_STAYS_ACTIVE, 'active');
    const active = params.active ?? stored.active;
    return change(world, 'billing_portal.configuration.updated', { ...withSent(world, stored, params), active, updated: world.now() });
  }),
  listRoute('/v1/billing_portal/configurations', 'billing_portal.configuration', { active: boolean(), is_default: boolean() }),
];

const DEFAULT_STAYS_ACTIVE = 'You cannot deactivate the default portal configuration.';

type Sent = Omit<Params<typeof updateSpec>, 'active'>;

function createConfiguration(world: World, sent: Sent, isDefault = false): PortalConfiguration {
  const blank: PortalConfiguration = { id: world.newId('bpc'), ...blankFor(world), created: world.now(), updated: world.now(), is_default: isDefault };
  const configuration = world.store.insert(withSent(world, blank, sent));
  world.emit('billing_portal.configuration.created', configuration);
  return configuration;
}

/** The configuration that an account has once its owner has saved the portal's settings; there is one at most. */
export function createDefaultConfiguration(world: World): PortalConfiguration {
  const features = {
    customer_update: { allowed_updates: ['email', 'tax_id'] as ('email' | 'tax_id')[], enabled: true },
    invoice_history: { enabled: true },
    payment_method_update: { enabled: true },
    subscription_cancel: { enabled: true },
  };
  return createConfiguration(world, { features }, true);
}

const BLANK: Omit<PortalConfiguration, 'id' | 'created' | 'updated'> = {
  object: 'billing_portal.configuration',
  active: true,
  application: null,
  business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
  default_return_url: null,
  features: {
    customer_update: { allowed_updates: [], enabled: false },
    invoice_history: { enabled: false },
    payment_method_update: { enabled: false, payment_method_configuration: null },
    subscription_cancel: {
      cancellation_reason: { enabled: false, feedback_options: null, options: [] },
      enabled: false,
      mode: 'at_period_end',
      proration_behavior: 'none',
    },
    subscription_pause: { duration: { interval_options: [{ interval: 'month', interval_count: 1 }], type: 'interval_options' }, enabled: false },
    subscription_update: {
      billing_cycle_anchor: null,
      default_allowed_updates: [],
      enabled: false,
      products: [],
      proration_behavior: 'none',
      schedule_at_period_end: { conditions: [] },
      trial_update_behavior: 'end_trial',
    },
  },
  is_default: false,
  livemode: false,
  login_page: { enabled: false, url: null },
  metadata: {},
  name: null,
};

function blankFor(world: World): typeof BLANK {
  const cancellation_reason = { options: DEFAULT_REASONS[world.switchOf('portal_cancellation_reasons')] };
  return merge(BLANK, { features: { subscription_cancel: { cancellation_reason } } }, BLANK) as typeof BLANK;
}

/** Sent hashes merge into the stored ones key by key, sent lists replace, and what is sent empty goes back to its default. */
function withSent(world: World, stored: PortalConfiguration, sent: Sent): PortalConfiguration {
  const { metadata: tags, login_page: loginPage, ...rest } = sent;
  const pauseDuration = sent.features?.subscription_pause?.duration;
  if (pauseDuration) checkPauseDuration(pauseDuration);
  const merged = merge(stored, rest, blankFor(world)) as PortalConfiguration;
  checkPortalFeatures(world, merged.features);
  const { subscription_pause: pause, subscription_update: update } = merged.features;
  const canChangeQuantity = update.default_allowed_updates.includes('quantity');
  return {
    ...merged,
    features: {
      ...merged.features,
      subscription_pause: wholePause(pause),
      subscription_update: { ...update, products: (update.products ?? []).map((product) => wholeProduct(product, canChangeQuantity)) },
    },
    login_page: loginPage ? { enabled: loginPage.enabled, url: loginPage.enabled ? `${world.baseUrl}/p/login/${stored.id}` : null } : stored.login_page,
    metadata: mergeMetadata(stored.metadata ?? {}, tags),
  };
}

type Fields = Record<string, unknown>;

function merge(stored: object, sent: object, blank: object): object {
  const before = stored as Fields;
  const unset = blank as Fields;
  const changed = Object.entries(sent).map(([name, value]) => [name, mergeValue(before[name], value, unset[name])] as const);
  return { ...stored, ...Object.fromEntries(changed) };
}

function mergeValue(before: unknown, sent: unknown, unset: unknown): unknown {
  if (sent === null) return Array.isArray(unset) ? [] : unset;
  return isHash(sent) && isHash(before) ? merge(before, sent, isHash(unset) ? unset : {}) : sent;
}

function isHash(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
