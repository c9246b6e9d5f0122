/** Portal configurations and sessions through the real SDK. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

const configurations = () => sandbox.stripe.billingPortal.configurations;
const sessions = () => sandbox.stripe.billingPortal.sessions;
const WANTED = {
  business_profile: { headline: '/dev/chat' },
  features: {
    payment_method_update: { enabled: true },
    invoice_history: { enabled: true },
    subscription_cancel: { enabled: true, mode: 'immediately' as const },
  },
  metadata: { challenge_id: 'test' },
};

describe('a configuration', () => {
  test("fills in Stripe's defaults for what was not said", async () => {
    const created = await configurations().create(WANTED);
    expect(created).toMatchObject({
      active: true,
      is_default: false,
      business_profile: { headline: '/dev/chat', privacy_policy_url: null },
      default_return_url: null,
      login_page: { enabled: false, url: null },
      metadata: { challenge_id: 'test' },
      name: null,
    });
    expect(created.features).toEqual({
      customer_update: { allowed_updates: [], enabled: false },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true, payment_method_configuration: null },
      subscription_cancel: {
        cancellation_reason: {
          enabled: false,
          feedback_options: null,
          options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'],
        },
        enabled: true,
        mode: 'immediately',
        proration_behavior: 'none',
      },
      subscription_pause: { duration: { interval_options: [{ interval: 'month', interval_count: 1 }], type: 'interval_options' }, enabled: false },
      subscription_update: {
        billing_cycle_anchor: null,
        default_allowed_updates: [],
        enabled: false,
        proration_behavior: 'none',
        schedule_at_period_end: { conditions: [] },
        trial_update_behavior: 'end_trial',
      },
    });
  });

  test('merges what an update sends into what it has', async () => {
    const { id } = await configurations().create(WANTED);
    const updated = await configurations().update(id, {
      features: { subscription_cancel: { enabled: true, cancellation_reason: { enabled: true, options: ['unused'] } } },
      business_profile: { headline: '' },
      metadata: { owner: 'b' },
    });
    expect(updated.features.subscription_cancel).toMatchObject({ mode: 'immediately', cancellation_reason: { enabled: true, options: ['unused'] } });
    expect(updated.features.invoice_history.enabled).toBe(true);
    expect(updated.business_profile.headline).toBeNull();
    expect(updated.metadata).toEqual({ challenge_id: 'test', owner: 'b' });
  });

  test('shows the products of subscription_update only when asked', async () => {
    const { id: product } = await sandbox.stripe.products.create({ name: 'Switchable' });
    const { id: price } = await sandbox.stripe.prices.create({ product, currency: 'usd', unit_amount: 1, recurring: { interval: 'month' } });
    const update = { enabled: true, default_allowed_updates: ['price' as const], products: [{ product, prices: [price] }] };
    const created = await configurations().create({ features: { subscription_update: update } });
    expect(created.features.subscription_update).not.toHaveProperty('products');
    const expanded = await configurations().retrieve(created.id, { expand: ['features.subscription_update.products'] });
    expect(expanded.features.subscription_update.products).toEqual([
      { product, prices: [price], adjustable_quantity: { enabled: false, maximum: null, minimum: 1 } },
    ]);
    const { data } = await configurations().list({ expand: ['data.features.subscription_update.products'] });
    expect(data[0]?.features.subscription_update.products).toHaveLength(1);
    expect(data[1]?.features.subscription_update.products).toEqual([]);
  });

  test.each([
    [{ business_profile: {} }, 'features'],
    [{ ...WANTED, active: false }, 'active'],
    [{ features: { payment_method_update: { payment_method_configuration: '' } } }, 'features[payment_method_update][enabled]'],
    [{ features: { subscription_cancel: { mode: 'immediately' } } }, 'features[subscription_cancel][enabled]'],
    [{ features: { subscription_cancel: { enabled: true, mode: 'someday' } } }, 'features[subscription_cancel][mode]'],
    [{ features: { subscription_cancel: { enabled: true, proration_behavior: 'create_prorations' } } }, 'features[subscription_cancel][proration_behavior]'],
    [
      { features: { subscription_cancel: { enabled: true, cancellation_reason: { enabled: true } } } },
      'features[subscription_cancel][cancellation_reason][options]',
    ],
    [{ features: { subscription_update: { enabled: true, default_allowed_updates: ['price'] } } }, 'features[subscription_update][products]'],
  ])('created with %j is refused', async (params, param) => {
    await expect(configurations().create(params as typeof WANTED)).rejects.toMatchObject({ statusCode: 400, param });
  });

  test('is listed newest first, by activity and by being the default', async () => {
    const { id } = await configurations().create(WANTED);
    await configurations().update(id, { active: false });
    expect((await configurations().list({ active: false })).data.map((one) => one.id)).toEqual([id]);
    const defaults = await configurations().list({ is_default: true });
    expect(defaults.data).toHaveLength(1);
    await expect(configurations().update(defaults.data[0]!.id, { active: false })).rejects.toMatchObject({ param: 'active' });
  });
});

describe('a portal session', () => {
  test('links to the hosted page with a token of its own, and can only be created', async () => {
    const { id: configuration } = await configurations().create(WANTED);
    const { id: customer } = await sandbox.stripe.customers.create();
    const session = await sessions().create({ customer, configuration, return_url: 'https://shop.example/dashboard' });
    expect(session).toMatchObject({ object: 'billing_portal.session', customer, configuration, flow: null, return_url: 'https://shop.example/dashboard' });
    expect(session.url).toMatch(new RegExp(`^${sandbox.url}/p/session/test_\\w{43}$`));
    expect(Object.keys(session)).not.toContain('_token');
    expect((await sandbox.call(`/v1/billing_portal/sessions/${session.id}`)).status).toBe(404);
  });

  test('takes the default configuration and its return address', async () => {
    const [standard] = (await configurations().list({ is_default: true })).data;
    await configurations().update(standard!.id, { default_return_url: 'https://shop.example/account' });
    const { id: customer } = await sandbox.stripe.customers.create();
    expect(await sessions().create({ customer })).toMatchObject({ configuration: standard!.id, return_url: 'https://shop.example/account' });
  });

  test('is refused for what does not exist or is not active', async () => {
    const { id: customer } = await sandbox.stripe.customers.create();
    const { id: configuration } = await configurations().create(WANTED);
    await configurations().update(configuration, { active: false });
    await expect(sessions().create({ customer, configuration })).rejects.toMatchObject({ param: 'configuration' });
    await expect(sessions().create({ customer: 'cus_gone' })).rejects.toMatchObject({ param: 'customer', code: 'resource_missing' });
    await expect(sessions().create({})).rejects.toMatchObject({ param: 'customer', code: 'parameter_missing' });
  });

  test('leads straight to one task that the configuration allows', async () => {
    const { id: configuration } = await configurations().create(WANTED);
    const { id: closed } = await configurations().create({ features: { invoice_history: { enabled: true } } });
    const { id: customer } = await sandbox.stripe.customers.create();
    const flow = { type: 'payment_method_update' as const, after_completion: { type: 'redirect' as const, redirect: { return_url: 'https://shop.example' } } };
    expect((await sessions().create({ customer, configuration, flow_data: flow })).flow).toMatchObject(flow);
    await expect(sessions().create({ customer, configuration: closed, flow_data: flow })).rejects.toMatchObject({ param: 'flow_data[type]' });
  });

  test('without a default configuration says how to make one', async () => {
    const bare = await openSandbox({ defaultPortal: false });
    const { id: customer } = await bare.stripe.customers.create();
    await expect(bare.stripe.billingPortal.sessions.create({ customer })).rejects.toThrow(
      'No configuration provided and your test mode default configuration has not been created.',
    );
    await bare.close();
  });
});
