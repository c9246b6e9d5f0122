/** Provisioning an account: what is made, what is found again, and what is mended after somebody changed it by hand. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyProvision, planProvision, provision, type ProvisionOptions } from '../../cli/provision/provision.ts';
import { DevchatError } from '../../core/errors.ts';
import { findPortalConfiguration } from '../../core/provisioned.ts';
import { clientFor, openAccount, type Account } from './provision-account.ts';

const WEBHOOK: Partial<ProvisionOptions> = { parts: ['webhook'], baseUrl: 'http://127.0.0.1:4242' };

let account: Account;

beforeEach(async () => {
  account = await openAccount();
});

afterEach(() => account.close());

async function portalId(): Promise<string> {
  return (await provision(account.options({ parts: ['portal'] }))).ids.portal_configuration ?? '';
}

async function anotherTagged(): Promise<string> {
  await account.waitAMinute();
  const { id } = await account.stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } }, metadata: { challenge_id: 'devchat-test' } });
  return id;
}

describe('an empty account', () => {
  it('gets what the brief wants, and then there is nothing to do', async () => {
    const { outcomes, ids } = await provision(account.options());
    expect(outcomes.map(({ state, change }) => `${state}: ${change.action} ${change.kind}`)).toEqual(['done: create product', 'done: create price', 'done: create portal_configuration']);

    const portal = await account.stripe.billingPortal.configurations.retrieve(ids.portal_configuration ?? '');
    expect(portal).toMatchObject({
      active: true,
      business_profile: { headline: '/dev/chat' },
      metadata: { challenge_id: 'devchat-test' },
      features: { subscription_cancel: { enabled: true, mode: 'immediately', proration_behavior: 'none' }, payment_method_update: { enabled: true }, invoice_history: { enabled: true } },
    });
    const price = await account.stripe.prices.retrieve(ids.price ?? '', { expand: ['product'] });
    expect(price).toMatchObject({ unit_amount: 6000, currency: 'usd', lookup_key: 'devchat_paircode_monthly_devchat-test', product: { name: '/dev/chat Pair Coding', unit_label: 'session' } });

    expect(await planProvision(account.options())).toMatchObject({ changes: [], warnings: [], ids });
  });

  it('is only looked at by a plan', async () => {
    const plan = await planProvision(account.options());
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['product', 'price', 'portal_configuration']);
    expect(account.requests.toSorted()).toEqual(['GET /v1/billing_portal/configurations', 'GET /v1/prices', 'GET /v1/prices', 'GET /v1/products']);
  });
});

describe('a portal configuration', () => {
  it('takes one request when nothing is to do', async () => {
    await portalId();
    account.requests.length = 0;
    await provision(account.options({ parts: ['portal'] }));
    expect(account.requests).toEqual(['GET /v1/billing_portal/configurations']);
  });

  it('is mended where it was changed, and nowhere else', async () => {
    const id = await portalId();
    await account.stripe.billingPortal.configurations.update(id, {
      features: { subscription_cancel: { mode: 'at_period_end' }, customer_update: { allowed_updates: ['email'] } },
      business_profile: { privacy_policy_url: 'https://devchat.example/privacy' },
      metadata: { team: 'finance' },
    });
    const { plan } = await provision(account.options({ parts: ['portal'] }));
    expect(plan.changes.map(({ action, fields }) => ({ action, fields }))).toEqual([
      { action: 'update', fields: [{ path: 'features.subscription_cancel.mode', before: 'at_period_end', after: 'immediately' }] },
    ]);
    expect(await account.stripe.billingPortal.configurations.retrieve(id)).toMatchObject({
      features: { subscription_cancel: { mode: 'immediately' }, customer_update: { allowed_updates: ['email'] } },
      business_profile: { headline: '/dev/chat', privacy_policy_url: 'https://devchat.example/privacy' },
      metadata: { team: 'finance', challenge_id: 'devchat-test' },
    });
  });

  it('is mended again when the same hand makes the same change on the same day', async () => {
    const id = await portalId();
    for (const time of ['first', 'second']) {
      await account.stripe.billingPortal.configurations.update(id, { business_profile: { headline: 'Acme' } });
      const { outcomes } = await provision(account.options({ parts: ['portal'] }));
      expect(outcomes, time).toHaveLength(1);
    }
    expect(await portalId()).toBe(id);
  });

  it('is reactivated rather than made anew', async () => {
    const id = await portalId();
    await account.stripe.billingPortal.configurations.update(id, { active: false });
    const { plan, ids } = await provision(account.options({ parts: ['portal'] }));
    expect(plan.changes).toMatchObject([{ action: 'reactivate', id, fields: [{ path: 'active', before: false, after: true }] }]);
    expect(ids.portal_configuration).toBe(id);
  });

  it('is made anew when the one that was made today lost its tag', async () => {
    const id = await portalId();
    await account.stripe.billingPortal.configurations.update(id, { metadata: { challenge_id: '' } });
    expect(await portalId()).not.toBe(id);
    expect((await account.stripe.billingPortal.configurations.list()).data).toHaveLength(2);
  });

  it('is found among several: the active one, then the oldest; --prune deactivates the others', async () => {
    const [first, second, third] = [await portalId(), await anotherTagged(), await anotherTagged()];
    await account.stripe.billingPortal.configurations.update(first, { active: false });
    const plan = await planProvision(account.options({ parts: ['portal'] }));
    expect(plan.ids.portal_configuration).toBe(second);
    expect(plan.warnings).toEqual([`3 portal configurations carry devchat-test: ${second} is used, not ${third}, ${first} (inactive); --prune deactivates duplicates`]);

    const { outcomes } = await provision(account.options({ parts: ['portal'], prune: true }));
    expect(outcomes.map(({ change, id }) => [change.action, id])).toEqual(expect.arrayContaining([['update', second], ['deactivate', third]]));
    const active = await account.stripe.billingPortal.configurations.list({ active: true });
    expect(active.data.map(({ id }) => id)).toEqual([second]);
  });

  it('is looked for among the newest 100, and with --all among every one', async () => {
    const id = await portalId();
    const foreign = { features: { invoice_history: { enabled: true } } };
    await Promise.all(Array.from({ length: 101 }, () => account.stripe.billingPortal.configurations.create(foreign)));
    const near = await planProvision(account.options({ parts: ['portal'] }));
    expect(near.warnings).toEqual(['there are more than 100 portal configurations, and none of the newest 100 carries devchat-test; --all looks at every one']);
    const far = await planProvision(account.options({ parts: ['portal'], all: true }));
    expect(far).toMatchObject({ changes: [], warnings: [], ids: { portal_configuration: id } });
    expect(await findPortalConfiguration(account.stripe, 'devchat-test'), 'who only uses it looks as far as need be').toMatchObject({ id, active: true });
  });
});

describe('the catalog', () => {
  it('gets another price when the lookup key went to another amount, even one that this day has seen', async () => {
    const { ids } = await provision(account.options({ parts: ['catalog'] }));
    const cheap = await account.stripe.prices.create({
      product: ids.product ?? '',
      currency: 'usd',
      unit_amount: 5000,
      recurring: { interval: 'month' },
      lookup_key: 'devchat_paircode_monthly_devchat-test',
      transfer_lookup_key: true,
    });
    const again = await provision(account.options({ parts: ['catalog'] }));
    expect(again.outcomes).toMatchObject([
      { state: 'done', change: { action: 'replace', id: cheap.id } },
      { state: 'done', change: { action: 'deactivate', id: ids.price } },
    ]);
    expect(again.ids.product).toBe(ids.product);
    expect([cheap.id, ids.price]).not.toContain(again.ids.price);
    expect(await account.stripe.prices.retrieve(cheap.id)).toMatchObject({ active: false, lookup_key: null });
    expect(await account.stripe.prices.retrieve(again.ids.price ?? '')).toMatchObject({ active: true, unit_amount: 6000 });
  });

  it('gets its names, tags and use back', async () => {
    const { ids } = await provision(account.options({ parts: ['catalog'] }));
    await account.stripe.products.update(ids.product ?? '', { name: 'Old', unit_label: '', active: false, metadata: { challenge_id: '' } });
    await account.stripe.prices.update(ids.price ?? '', { active: false });
    const { plan, ids: sameIds } = await provision(account.options({ parts: ['catalog'] }));
    expect(plan.changes.map(({ action, fields }) => [action, fields.map(({ path }) => path)])).toEqual([
      ['reactivate', ['active', 'name', 'unit_label', 'metadata.challenge_id']],
      ['reactivate', ['active']],
    ]);
    expect(sameIds).toEqual(ids);
  });
});

describe('the webhook endpoint', () => {
  it('is made with its secret saved, and found again', async () => {
    const { ids } = await provision(account.options(WEBHOOK));
    expect(account.secrets.get(ids.webhook_endpoint ?? '')).toMatch(/^whsec_/);
    expect((await planProvision(account.options(WEBHOOK))).changes).toEqual([]);
  });

  it('is replaced when its secret is lost: there is one afterwards, and its secret is saved', async () => {
    const { ids } = await provision(account.options(WEBHOOK));
    account.secrets.clear();
    const again = await provision(account.options(WEBHOOK));
    expect(again.plan.changes).toMatchObject([{ action: 'replace', fields: [{ path: 'secret', before: 'lost', after: 'saved' }] }]);
    expect(again.ids.webhook_endpoint).not.toBe(ids.webhook_endpoint);
    expect((await account.stripe.webhookEndpoints.list()).data.map(({ id }) => id)).toEqual([again.ids.webhook_endpoint]);
    expect([...account.secrets.keys()]).toEqual([again.ids.webhook_endpoint]);
  });

  it('is replaced where it follows the API version of the account, and its secret is forgotten', async () => {
    const old = await account.stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:4242/webhook', enabled_events: ['customer.created'], metadata: { challenge_id: 'devchat-test' } });
    account.secrets.set(old.id, old.secret ?? '');
    const { plan, ids } = await provision(account.options(WEBHOOK));
    expect(plan.changes).toMatchObject([{ action: 'replace', id: old.id }]);
    expect([...account.secrets.keys()]).toEqual([ids.webhook_endpoint]);
  });

  it('is moved and switched on without a new secret', async () => {
    const { ids } = await provision(account.options(WEBHOOK));
    await account.stripe.webhookEndpoints.update(ids.webhook_endpoint ?? '', { url: 'https://old.example/webhook', disabled: true, enabled_events: ['*'] });
    const again = await provision(account.options(WEBHOOK));
    expect(again.plan.changes.map(({ action, fields }) => [action, fields.map(({ path }) => path)])).toEqual([['reactivate', ['status', 'url', 'enabled_events']]]);
    expect(again.ids).toEqual(ids);
  });

  it('shows its secret in no plan', async () => {
    const { plan } = await provision(account.options(WEBHOOK));
    expect(JSON.stringify(plan)).not.toContain('whsec_');
  });
});

describe('what goes wrong', () => {
  it('is said with what was done before it', async () => {
    const plan = await planProvision(account.options());
    const broken = plan.changes.map((change) => (change.kind === 'price' ? { ...change, write: { ...change.write, currency: 'nope' } } : change));
    const failure = await applyProvision({ ...plan, changes: broken }, account.options()).catch((error: unknown) => error as DevchatError);
    expect(failure).toBeInstanceOf(DevchatError);
    expect(failure).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/^could not create the price devchat_paircode_monthly_devchat-test: Stripe: .*\[currency\] \(req_\w+\)$/) as string,
      hint: 'done: product devchat-test; not tried: portal configuration devchat-test; it is safe to run this again',
    });
  });

  it('is said when Stripe still differs after the work', async () => {
    await account.stripe.billingPortal.configurations.update(await portalId(), { business_profile: { headline: 'Old' } });
    const plan = await planProvision(account.options({ parts: ['portal'] }));
    const forgetful = plan.changes.map((change) => ({ ...change, write: { ...change.write, business_profile: { headline: 'Acme' } } }));
    await expect(applyProvision({ ...plan, changes: forgetful }, account.options({ parts: ['portal'] }))).rejects.toThrow(
      /^not converged: Stripe still differs in the portal configuration bpc_\w+ \(business_profile\.headline\)$/,
    );
  });

  it('is said when Stripe does not answer', async () => {
    await account.close();
    await expect(planProvision(account.options({ stripe: clientFor(account.url) }))).rejects.toMatchObject({ kind: 'unreachable' });
    account = await openAccount();
  });
});
