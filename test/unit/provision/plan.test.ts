/** What a plan says about catalog and webhook endpoint, and in which order. */
import { describe, expect, it } from 'vitest';
import { desired } from '../../../cli/provision/desired.ts';
import { plan } from '../../../cli/provision/plan.ts';
import type { Found, Settings } from '../../../cli/provision/resources/resource.ts';

const CHALLENGE = 'devchat-test';
const LOOKUP_KEY = 'devchat_paircode_monthly_devchat-test';
const BASE_URL = 'https://devchat.example';

const catalog = desired({ challengeId: CHALLENGE, parts: ['catalog'] });
const webhook = desired({ challengeId: CHALLENGE, parts: ['webhook'], baseUrl: BASE_URL });

function settingsOf(wanted: typeof catalog, index: number): Settings {
  return wanted[index]?.settings ?? {};
}

const storedProduct = { ...settingsOf(catalog, 0), id: 'prod_1', description: null };
const storedPrice = { ...settingsOf(catalog, 1), id: 'price_1', product: 'prod_1', nickname: null };
const storedEndpoint = { ...settingsOf(webhook, 0), id: 'we_1' };

function foundCatalog(product: Settings, price: Settings): Found[] {
  return [
    { kind: 'product', key: CHALLENGE, matches: [{ id: 'prod_1', settings: product }], hasMore: false },
    { kind: 'price', key: LOOKUP_KEY, matches: [{ id: 'price_1', settings: price }], hasMore: false },
  ];
}

function foundEndpoint(endpoint: Settings): Found[] {
  return [{ kind: 'webhook_endpoint', key: CHALLENGE, matches: [{ id: 'we_1', settings: endpoint }], hasMore: false }];
}

describe('on an empty account', () => {
  it('makes everything, in the order in which one needs the other', () => {
    const everything = desired({ challengeId: CHALLENGE, parts: ['webhook', 'portal', 'catalog'], baseUrl: BASE_URL });
    const { changes, ids, kinds } = plan(everything, []);
    expect(changes.map(({ action, kind, id }) => [action, kind, id])).toEqual([
      ['create', 'product', null],
      ['create', 'price', null],
      ['create', 'portal_configuration', null],
      ['create', 'webhook_endpoint', null],
    ]);
    expect(ids).toEqual({});
    expect(kinds).toEqual(['product', 'price', 'portal_configuration', 'webhook_endpoint']);
  });

  it('asks for the monthly price exactly as it is wanted', () => {
    const change = plan(catalog, []).changes.find(({ kind }) => kind === 'price');
    expect(change?.write).toEqual({
      active: true,
      currency: 'usd',
      unit_amount: 6000,
      recurring: { interval: 'month', interval_count: 1 },
      lookup_key: LOOKUP_KEY,
      metadata: { challenge_id: CHALLENGE },
    });
  });

  it('sends no switch and no secret with a new endpoint', () => {
    const [change] = plan(webhook, []).changes;
    expect(Object.keys(change?.write ?? {})).toEqual(['url', 'enabled_events', 'api_version', 'metadata']);
  });
});

describe('the order', () => {
  it('follows the key within a kind, whatever the order of the wishes', () => {
    const wishes = ['b', 'a', 'C'].map((key) => ({ kind: 'product' as const, key, settings: { name: key } }));
    expect(plan(wishes, []).changes.map(({ key }) => key)).toEqual(['C', 'a', 'b']);
  });
});

describe('the catalog', () => {
  it('is left alone when it is right', () => {
    const { changes, ids } = plan(catalog, foundCatalog(storedProduct, storedPrice));
    expect(changes).toEqual([]);
    expect(ids).toEqual({ product: 'prod_1', price: 'price_1' });
  });

  it('makes a price for a product that is there', () => {
    const [change] = plan(catalog, foundCatalog(storedProduct, {}).slice(0, 1)).changes;
    expect(change).toMatchObject({ action: 'create', kind: 'price', write: { product: 'prod_1', unit_amount: 6000 } });
  });

  it('replaces a price of another amount, since no price can change it', () => {
    const { changes } = plan(catalog, foundCatalog(storedProduct, { ...storedPrice, unit_amount: 5000, active: false }));
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      action: 'replace',
      id: 'price_1',
      key: LOOKUP_KEY,
      fields: [
        { path: 'active', before: false, after: true },
        { path: 'unit_amount', before: 5000, after: 6000 },
      ],
      write: { product: 'prod_1', currency: 'usd', unit_amount: 6000, lookup_key: LOOKUP_KEY },
    });
  });

  it('replaces a price that belongs to another product', () => {
    const [change] = plan(catalog, foundCatalog(storedProduct, { ...storedPrice, product: 'prod_other' })).changes;
    expect(change).toMatchObject({ action: 'replace', fields: [{ path: 'product', before: 'prod_other', after: 'prod_1' }] });
  });

  it.each<[string | undefined, string, string]>([
    ['unspecified', 'inclusive', 'update'],
    [undefined, 'inclusive', 'update'],
    ['exclusive', 'inclusive', 'replace'],
    ['inclusive', 'unspecified', 'replace'],
  ])('tax %s becomes %s: %s, since it is fixed once it is said', (before, after, action) => {
    const prices = [{ currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' as const }, tax_behavior: after as 'inclusive' }];
    const declared = desired({ challengeId: CHALLENGE, parts: ['catalog'], declared: { product: { prices } } });
    const { changes } = plan(declared, foundCatalog(storedProduct, { ...storedPrice, tax_behavior: before }));
    expect(changes).toMatchObject([{ action, kind: 'price', fields: [{ path: 'tax_behavior', before: before ?? null, after }] }]);
  });

  it('takes every price for itself, and the first of them where one is asked for', () => {
    const prices = (['year', 'month'] as const).map((interval) => ({ currency: 'usd', unit_amount: 6000, recurring: { interval } }));
    const declared = desired({ challengeId: CHALLENGE, parts: ['catalog'], declared: { product: { prices } } });
    const yearly: Found = { kind: 'price', key: 'devchat_paircode_yearly_devchat-test', matches: [{ id: 'price_2', settings: { ...settingsOf(declared, 1), product: 'prod_1', unit_amount: 1 } }], hasMore: false };
    const { changes, ids } = plan(declared, [yearly, ...foundCatalog(storedProduct, storedPrice)]);
    expect(changes).toMatchObject([{ action: 'replace', id: 'price_2', key: 'devchat_paircode_yearly_devchat-test', fields: [{ path: 'unit_amount', before: 1, after: 6000 }] }]);
    expect(ids).toEqual({ product: 'prod_1', price: 'price_1' });
  });

  it('reactivates what somebody archived', () => {
    const { changes } = plan(catalog, foundCatalog({ ...storedProduct, active: false }, { ...storedPrice, active: false }));
    expect(changes.map(({ action, kind, write }) => [action, kind, write])).toEqual([
      ['reactivate', 'product', { active: true }],
      ['reactivate', 'price', { active: true }],
    ]);
  });
});

describe('the webhook endpoint', () => {
  it('is left alone when it is right, whatever the order of its events', () => {
    const events = settingsOf(webhook, 0).enabled_events as string[];
    expect(plan(webhook, foundEndpoint({ ...storedEndpoint, enabled_events: events.toReversed() })).changes).toEqual([]);
  });

  it('is moved to another address and keeps its secret', () => {
    const [change] = plan(webhook, foundEndpoint({ ...storedEndpoint, url: 'https://old.example/webhook' })).changes;
    expect(change).toMatchObject({ action: 'update', id: 'we_1', write: { url: 'https://devchat.example/webhook' } });
  });

  it('is switched on again', () => {
    const [change] = plan(webhook, foundEndpoint({ ...storedEndpoint, status: 'disabled' })).changes;
    expect(change).toMatchObject({ action: 'reactivate', write: { status: 'enabled' } });
  });

  it('is replaced when its secret is lost', () => {
    const [change] = plan(webhook, foundEndpoint({ ...storedEndpoint, secret: 'lost' })).changes;
    expect(change).toMatchObject({ action: 'replace', id: 'we_1', fields: [{ path: 'secret', before: 'lost', after: 'saved' }] });
    expect(change?.write).not.toHaveProperty('secret');
  });

  it('is replaced when it speaks another API version', () => {
    const [change] = plan(webhook, foundEndpoint({ ...storedEndpoint, api_version: null })).changes;
    expect(change).toMatchObject({ action: 'replace', fields: [{ path: 'api_version', before: null }] });
  });
});

describe('several matches', () => {
  it('takes the first, names the others and changes nothing of them', () => {
    const settings = settingsOf(catalog, 0);
    const matches = [{ id: 'prod_1', settings }, { id: 'prod_2', settings: { ...settings, name: 'old' } }, { id: 'prod_3', settings: { ...settings, active: false } }];
    const { changes, warnings } = plan(catalog.slice(0, 1), [{ kind: 'product', key: CHALLENGE, matches, hasMore: false }]);
    expect(changes).toEqual([]);
    expect(warnings).toEqual(['3 products carry devchat-test: prod_1 is used, not prod_2, prod_3 (inactive); --prune deactivates duplicates']);
  });
});
