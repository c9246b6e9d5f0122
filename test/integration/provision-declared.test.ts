/** A business declared in devchat.config.json: made as it stands there, found in order, and left alone where nothing is declared any more. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDeclared } from '../../cli/provision/declared/read.ts';
import { jsonSchema } from '../../cli/provision/declared/schema.ts';
import { planProvision, provision, type ProvisionOptions } from '../../cli/provision/provision.ts';
import { RELEVANT_TYPES } from '../../core/billing/apply-event.ts';
import { freshFolder, writeFiles, type FreshFolder } from '../support/folders.ts';
import { openAccount, type Account } from './provision-account.ts';

const BASE_URL = 'http://127.0.0.1:4242';

let account: Account;
let fresh: FreshFolder;

beforeEach(async () => {
  account = await openAccount();
  fresh = freshFolder();
});

afterEach(async () => {
  fresh.remove();
  await account.close();
});

/** Everything that can be declared. `offered` is a product of somebody else's with its prices. */
function everything(offered: { product: string; prices: string[] }) {
  return {
    $schema: './docs/devchat.config.schema.json',
    portal: {
      active: true,
      name: 'Pair coding',
      business_profile: { headline: 'Code in pairs', privacy_policy_url: 'https://devchat.example/privacy', terms_of_service_url: 'https://devchat.example/terms' },
      default_return_url: 'https://devchat.example/dashboard',
      features: {
        customer_update: { enabled: true, allowed_updates: ['email', 'address'] },
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true, payment_method_configuration: 'pmc_1' },
        subscription_cancel: { enabled: true, mode: 'immediately', proration_behavior: 'create_prorations', cancellation_reason: { enabled: true, options: ['too_expensive', 'other'], feedback_options: ['fbo_1'] } },
        subscription_pause: { enabled: true, duration: { type: 'interval_options', interval_options: [{ interval: 'month', interval_count: 2 }, { interval: 'week' }] } },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price', 'quantity'],
          products: [{ ...offered, adjustable_quantity: { enabled: true, minimum: 1, maximum: 3 } }],
          proration_behavior: 'always_invoice',
          billing_cycle_anchor: 'now',
          trial_update_behavior: 'continue_trial',
          schedule_at_period_end: { conditions: [{ type: 'decreasing_item_amount' }] },
        },
      },
      login_page: { enabled: true },
      metadata: { team: 'finance' },
    },
    product: {
      name: 'Pair',
      description: 'Two people, one keyboard',
      unit_label: 'hour',
      statement_descriptor: 'DEV CHAT PAIR',
      tax_code: 'txcd_10000000',
      url: 'https://devchat.example',
      images: ['https://devchat.example/pair.png'],
      metadata: { team: 'sales' },
      prices: [
        { currency: 'eur', unit_amount: 5500, recurring: { interval: 'month' }, nickname: 'monthly', tax_behavior: 'inclusive', metadata: { plan: 'a' } },
        { currency: 'eur', unit_amount: 55000, recurring: { interval: 'year' } },
        { currency: 'eur', unit_amount: 15000, recurring: { interval: 'month', interval_count: 3 }, tax_behavior: 'exclusive' },
      ],
    },
    webhook: { url: 'https://hooks.devchat.example/stripe', enabled_events: [...RELEVANT_TYPES, 'charge.refunded'], description: 'devchat', metadata: { team: 'platform' } },
  };
}

async function anotherProduct(): Promise<{ product: string; prices: string[] }> {
  const { id: product } = await account.stripe.products.create({ name: 'Trio coding' });
  const prices = await Promise.all((['month', 'year'] as const).map((interval) => account.stripe.prices.create({ product, currency: 'eur', unit_amount: 9000, recurring: { interval } })));
  return { product, prices: prices.map(({ id }) => id) };
}

function optionsFor(file: object): ProvisionOptions {
  writeFiles(fresh.path, { 'devchat.config.json': JSON.stringify(file, null, 2) });
  return account.options({ parts: ['portal', 'catalog', 'webhook'], baseUrl: BASE_URL, declared: readDeclared({ folder: fresh.path, config: () => undefined }) });
}

async function inStripe() {
  const { stripe } = account;
  const [portals, products, prices, endpoints] = await Promise.all([
    stripe.billingPortal.configurations.list({ expand: ['data.features.subscription_update.products'] }),
    stripe.products.list(),
    stripe.prices.list(),
    stripe.webhookEndpoints.list(),
  ]);
  const product = products.data.find(({ metadata }) => metadata.challenge_id);
  return { portal: portals.data[0], product, prices: prices.data.filter(({ product: of }) => of === product?.id), endpoint: endpoints.data[0] };
}

describe('everything that can be declared', () => {
  it('is all there is in the schema', () => {
    expect(missingIn(everything({ product: 'prod_1', prices: ['price_1'] }), jsonSchema() as Schema)).toEqual([]);
  });

  it('is made, and then there is nothing to do', async () => {
    const { portal: wantedPortal, product: wantedProduct, webhook: wantedWebhook } = everything(await anotherProduct());
    const options = optionsFor({ portal: wantedPortal, product: wantedProduct, webhook: wantedWebhook });
    const { outcomes } = await provision(options);
    expect(outcomes.map(({ change }) => `${change.action} ${change.kind}`)).toEqual(['create product', 'create price', 'create price', 'create price', 'create portal_configuration', 'create webhook_endpoint']);

    const { portal, product, prices, endpoint } = await inStripe();
    expect(portal).toMatchObject({ ...wantedPortal, features: { ...wantedPortal.features, subscription_pause: { enabled: true } }, metadata: { team: 'finance', challenge_id: 'devchat-test' } });
    const { prices: wantedPrices, ...itself } = wantedProduct;
    expect(product).toMatchObject({ ...itself, metadata: { team: 'sales', challenge_id: 'devchat-test' } });
    expect(new Set(prices.map(({ lookup_key }) => lookup_key))).toEqual(new Set(['devchat_paircode_monthly_devchat-test', 'devchat_paircode_yearly_devchat-test', 'devchat_paircode_every_3_months_devchat-test']));
    expect(prices.find(({ nickname }) => nickname === 'monthly')).toMatchObject({ unit_amount: wantedPrices[0]?.unit_amount, tax_behavior: 'inclusive', metadata: { plan: 'a', challenge_id: 'devchat-test' } });
    expect(endpoint).toMatchObject({ ...wantedWebhook, status: 'enabled', metadata: { team: 'platform', challenge_id: 'devchat-test' } });

    expect(await planProvision(options)).toMatchObject({ changes: [], warnings: [] });
  });

  it('is left as it is where it is no longer declared, but for what the brief says', async () => {
    await provision(optionsFor(everything(await anotherProduct())));
    const before = await inStripe();
    const { plan } = await provision(optionsFor({ product: { prices: everything({ product: '', prices: [] }).product.prices.slice(0, 1) } }));
    expect(plan.changes.map(({ kind, fields }) => [kind, fields.map(({ path }) => path)])).toEqual([
      ['product', ['name', 'unit_label']],
      ['portal_configuration', ['business_profile.headline', 'features.subscription_cancel.proration_behavior', 'features.customer_update.enabled', 'features.subscription_update.enabled', 'features.subscription_pause.enabled']],
      ['webhook_endpoint', ['url', 'enabled_events']],
    ]);
    const after = await inStripe();
    expect(after.prices).toEqual(before.prices);
    expect(after.product).toEqual({ ...before.product, name: '/dev/chat Pair Coding', unit_label: 'session', updated: after.product?.updated });
    expect(after.portal?.features.subscription_update.products).toEqual(before.portal?.features.subscription_update.products);
    expect(after.portal).toMatchObject({ name: 'Pair coding', default_return_url: 'https://devchat.example/dashboard', login_page: { enabled: true }, metadata: { team: 'finance' } });
  });

  it('is cleared by null, where it was declared and where the owner set it', async () => {
    const file = everything(await anotherProduct());
    await provision(optionsFor(file));
    const cleared = {
      portal: { name: null, default_return_url: null, business_profile: { headline: null, terms_of_service_url: null }, features: { subscription_cancel: { cancellation_reason: { enabled: false, options: null } } }, metadata: { team: null } },
      product: { description: null, unit_label: null, tax_code: null, url: null, images: null, metadata: { team: null } },
      webhook: { description: null },
    };
    await provision(optionsFor(cleared));
    const { portal, product, endpoint } = await inStripe();
    expect(portal).toMatchObject({ name: null, default_return_url: null, business_profile: { headline: null, privacy_policy_url: 'https://devchat.example/privacy', terms_of_service_url: null }, metadata: { challenge_id: 'devchat-test' } });
    expect(portal?.metadata).toEqual({ challenge_id: 'devchat-test' });
    expect(product).toMatchObject({ description: null, unit_label: null, tax_code: null, url: null, images: [] });
    expect(endpoint?.description).toBeNull();
    expect((await planProvision(optionsFor(cleared))).changes).toEqual([]);
  });

  it('moves the lookup key where an amount or a fixed tax changes, and archives the old price', async () => {
    const file = everything(await anotherProduct());
    await provision(optionsFor(file));
    const [monthly, yearly, quarterly] = file.product.prices;
    const prices = [monthly, { ...yearly, unit_amount: 50000 }, { ...quarterly, tax_behavior: 'inclusive' }];
    const { plan } = await provision(optionsFor({ ...file, product: { ...file.product, prices } }));
    expect(plan.changes.map(({ action, key, fields }) => [action, key, fields.map(({ path }) => path)])).toEqual([
      ['replace', 'devchat_paircode_every_3_months_devchat-test', ['tax_behavior']],
      ['replace', 'devchat_paircode_yearly_devchat-test', ['unit_amount']],
    ]);
    const replaced = (await inStripe()).prices.filter(({ active }) => !active);
    expect(replaced.map(({ id }) => id).sort()).toEqual(plan.changes.map(({ id }) => id).sort());
    expect(replaced.map(({ lookup_key }) => lookup_key)).toEqual([null, null]);
  });

  it('that asks nobody why they cancel is taken by a new configuration, too', async () => {
    const file = { portal: { features: { subscription_cancel: { cancellation_reason: { enabled: false } } } } };
    await provision(optionsFor(file));
    expect((await planProvision(optionsFor(file))).changes).toEqual([]);
  });
});

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

const SETTINGS_OF_DEVCHAT = /^(?!(portal|product|webhook|\$schema)$)/;

/** What the schema knows and a file does not say anywhere. */
function missingIn(file: unknown, schema: Schema, path = ''): string[] {
  const inner = schema.anyOf?.find((each) => each.items ?? each.properties) ?? schema;
  if (Array.isArray(file)) return missingInEvery(file, inner.items ?? {}, path);
  return Object.entries(inner.properties ?? {}).flatMap(([name, property]) => {
    if (path === '' && SETTINGS_OF_DEVCHAT.test(name)) return [];
    const value = (file as Record<string, unknown>)[name];
    return value === undefined ? [`${path}.${name}`] : missingIn(value, property, `${path}.${name}`);
  });
}

/** Something is missing in a list where none of its elements says it. */
function missingInEvery(elements: unknown[], schema: Schema, path: string): string[] {
  const [first = [], ...others] = elements.map((element) => missingIn(element, schema, `${path}[]`));
  return first.filter((each) => others.every((other) => other.includes(each)));
}
