/** The ways in which a portal configuration looks different and is not, and the other way round; one test a pitfall. */
import { describe, expect, it } from 'vitest';
import { readDeclared } from '../../../cli/provision/declared/read.ts';
import { plan, type Change } from '../../../cli/provision/plan.ts';
import type { Found, Match, Settings, Wanted } from '../../../cli/provision/resources/resource.ts';
import { freshFolder, writeFiles } from '../../support/folders.ts';

const KEY = 'devchat-test';

function wanted(settings: Settings): Wanted[] {
  return [{ kind: 'portal_configuration', key: KEY, settings }];
}

function found(...matches: Match[]): Found[] {
  return [{ kind: 'portal_configuration', key: KEY, matches, hasMore: false }];
}

function changeOf(desired: Settings, stored: Settings): Change | undefined {
  return plan(wanted(desired), found({ id: 'bpc_1', settings: stored })).changes[0];
}

/** What a file is refused with. */
function refusalOf(file: unknown): string {
  const fresh = freshFolder();
  writeFiles(fresh.path, { 'devchat.config.json': JSON.stringify(file) });
  try {
    readDeclared({ folder: fresh.path, config: () => undefined });
  } catch (error) {
    return (error as Error).message;
  } finally {
    fresh.remove();
  }
  throw new Error('it was accepted');
}

describe('a portal configuration', () => {
  it('1: compares the expanded products of subscription_update, whatever Stripe adds to each', () => {
    const desired = { features: { subscription_update: { enabled: true, products: [{ product: 'prod_a', prices: ['price_1', 'price_2'] }] } } };
    const stored = {
      features: {
        subscription_update: {
          enabled: true,
          products: [{ product: 'prod_a', prices: ['price_2', 'price_1'], adjustable_quantity: { enabled: false, maximum: null, minimum: 1 } }],
        },
      },
    };
    expect(changeOf(desired, stored)).toBeUndefined();
  });

  it('1: shows products that are not there at all as missing', () => {
    const products = [{ product: 'prod_a', prices: ['price_1'] }];
    const change = changeOf({ features: { subscription_update: { enabled: true, products } } }, { features: { subscription_update: { enabled: true } } });
    expect(change?.fields).toEqual([{ path: 'features.subscription_update.products', before: null, after: products }]);
  });

  it('2: ignores what the server fills in for settings that are not declared', () => {
    const stored = {
      features: {
        subscription_cancel: {
          enabled: true,
          mode: 'at_period_end',
          proration_behavior: 'none',
          cancellation_reason: { enabled: false, options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'] },
        },
        subscription_update: { enabled: false, proration_behavior: 'none', trial_update_behavior: 'end_trial', billing_cycle_anchor: null },
      },
    };
    expect(changeOf({ features: { subscription_cancel: { enabled: true } } }, stored)).toBeUndefined();
  });

  it('3: takes a feature that is missing for one that is off', () => {
    expect(changeOf({ features: { customer_update: { enabled: false } } }, { features: {} })).toBeUndefined();
  });

  it('3: sees that a missing feature is not on', () => {
    const change = changeOf({ features: { invoice_history: { enabled: true } } }, { features: {} });
    expect(change?.fields).toEqual([{ path: 'features.invoice_history.enabled', before: null, after: true }]);
  });

  it('4: ignores the settings inside a feature that is off', () => {
    const desired = { features: { subscription_cancel: { enabled: false, mode: 'immediately', cancellation_reason: { enabled: true, options: ['other'] } } } };
    const stored = { features: { subscription_cancel: { enabled: false, mode: 'at_period_end', cancellation_reason: { enabled: false, options: [] } } } };
    expect(changeOf(desired, stored)).toBeUndefined();
  });

  it('5: compares lists as sets', () => {
    const desired = { features: { customer_update: { enabled: true, allowed_updates: ['email', 'address'] } } };
    expect(changeOf(desired, { features: { customer_update: { enabled: true, allowed_updates: ['address', 'email'] } } })).toBeUndefined();
    expect(changeOf(desired, { features: { customer_update: { enabled: true, allowed_updates: ['address', 'email', 'name'] } } })?.fields).toHaveLength(1);
    expect(changeOf(desired, { features: { customer_update: { enabled: true, allowed_updates: ['address'] } } })?.fields).toHaveLength(1);
  });

  it.each([null, '', undefined])('6: takes %j for nothing', (nothing) => {
    expect(changeOf({ default_return_url: '' }, { default_return_url: nothing })).toBeUndefined();
    expect(changeOf({ default_return_url: null }, { default_return_url: nothing })).toBeUndefined();
  });

  it('6: clears a text with the empty text', () => {
    const change = changeOf({ default_return_url: null }, { default_return_url: 'https://old.example' });
    expect(change).toMatchObject({ fields: [{ path: 'default_return_url', before: 'https://old.example', after: null }], write: { default_return_url: '' } });
  });

  it('6: clears a list with the empty text, since the SDK drops empty lists', () => {
    const change = changeOf({ features: { customer_update: { enabled: true, allowed_updates: [] } } }, { features: { customer_update: { enabled: true, allowed_updates: ['email'] } } });
    expect(change?.write).toEqual({ features: { customer_update: { enabled: true, allowed_updates: '' } } });
  });

  it.each([null, {}, undefined])('7: tags a configuration whose metadata are %j', (metadata) => {
    const change = changeOf({ metadata: { challenge_id: KEY } }, { metadata });
    expect(change).toMatchObject({ fields: [{ path: 'metadata.challenge_id', before: null, after: KEY }], write: { metadata: { challenge_id: KEY } } });
  });

  it("7: leaves other people's metadata alone", () => {
    expect(changeOf({ metadata: { challenge_id: KEY } }, { metadata: { challenge_id: KEY, team: 'finance' } })).toBeUndefined();
    expect(changeOf({ metadata: { challenge_id: KEY } }, { metadata: { challenge_id: 'other', team: 'finance' } })?.write).toEqual({ metadata: { challenge_id: KEY } });
  });

  it('7: keeps a metadata key with dots in one piece', () => {
    expect(changeOf({ metadata: { 'a.b': 'c' } }, { metadata: {} })?.write).toEqual({ metadata: { 'a.b': 'c' } });
  });

  it('8: does not send active with a create', () => {
    const [change] = plan(wanted({ active: true, name: 'pair' }), found()).changes;
    expect(change).toMatchObject({ action: 'create', id: null, write: { name: 'pair' } });
    expect(change?.write).not.toHaveProperty('active');
  });

  it('8: reactivates an inactive match, in one row with all else that differs', () => {
    const change = changeOf({ active: true, name: 'pair' }, { active: false, name: 'old' });
    expect(change).toEqual({
      action: 'reactivate',
      kind: 'portal_configuration',
      key: KEY,
      id: 'bpc_1',
      fields: [
        { path: 'active', before: false, after: true },
        { path: 'name', before: 'old', after: 'pair' },
      ],
      write: { active: true, name: 'pair' },
    });
  });

  it('9: does not look at what nobody can set', () => {
    const stored = { name: 'pair', is_default: true, created: 1, updated: 2, livemode: true, application: 'ca_1', login_page: { enabled: false, url: 'https://billing.example' } };
    expect(changeOf({ name: 'pair' }, stored)).toBeUndefined();
  });

  it("10, 11: prunes duplicates by deactivating them, never the account's default one", () => {
    const settings = { active: true };
    const matches = [
      { id: 'bpc_1', settings },
      { id: 'bpc_3', settings: { active: true, is_default: true } },
      { id: 'bpc_2', settings },
      { id: 'bpc_4', settings: { active: false } },
    ];
    const { changes, warnings } = plan(wanted(settings), found(...matches), { prune: true });
    expect(changes).toEqual([{ action: 'deactivate', kind: 'portal_configuration', key: KEY, id: 'bpc_2', fields: [{ path: 'active', before: true, after: false }], write: { active: false }, successor: 'bpc_1' }]);
    expect(warnings).toEqual(["4 portal configurations carry devchat-test: bpc_1 is used, not bpc_3 (the account's default), bpc_4 (inactive)"]);
  });

  it('12: does not ask Stripe for prorations at the end of a period', () => {
    expect(refusalOf({ portal: { features: { subscription_cancel: { mode: 'at_period_end', proration_behavior: 'create_prorations' } } } })).toBe(
      'devchat.config.json:1 portal.features.subscription_cancel.proration_behavior is create_prorations, which goes only with mode immediately',
    );
  });

  it('13: does not ask Stripe for two prices of one interval, nor for more than ten products to switch to', () => {
    const monthly = { currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' } };
    const products = Array.from({ length: 11 }, (_, index) => ({ product: `prod_${index}`, prices: ['price_1'] }));
    expect(refusalOf({ product: { prices: [monthly, monthly] } })).toBe('devchat.config.json:1 product.prices[1].recurring is the same interval as in prices[0]');
    expect(refusalOf({ portal: { features: { subscription_update: { enabled: true, products } } } })).toBe('devchat.config.json:1 portal.features.subscription_update.products holds more than 10');
  });

  it('14: compares addresses letter by letter', () => {
    const change = changeOf({ default_return_url: 'https://a.example/x' }, { default_return_url: 'https://a.example/x/' });
    expect(change?.fields).toEqual([{ path: 'default_return_url', before: 'https://a.example/x/', after: 'https://a.example/x' }]);
  });

  it('15: ignores settings of an API version that it does not know', () => {
    expect(changeOf({ features: { invoice_history: { enabled: true } } }, { features: { invoice_history: { enabled: true, layout: 'new' }, teleport: { enabled: true } } })).toBeUndefined();
  });

  it('16: writes the drifted setting with the switch of its feature, and nothing that the owner may have changed', () => {
    const desired = { features: { subscription_cancel: { enabled: true, mode: 'immediately', proration_behavior: 'none' }, invoice_history: { enabled: true } } };
    const stored = { features: { subscription_cancel: { enabled: true, mode: 'at_period_end', proration_behavior: 'none' }, invoice_history: { enabled: true } } };
    expect(changeOf(desired, stored)).toMatchObject({
      action: 'update',
      fields: [{ path: 'features.subscription_cancel.mode', before: 'at_period_end', after: 'immediately' }],
      write: { features: { subscription_cancel: { enabled: true, mode: 'immediately' } } },
    });
  });

  it('16: repeats the stored options when only the switch of the reasons changes', () => {
    const stored = { features: { subscription_cancel: { enabled: true, cancellation_reason: { enabled: false, options: ['unused', 'other'] } } } };
    const change = changeOf({ features: { subscription_cancel: { cancellation_reason: { enabled: true } } } }, stored);
    expect(change?.write).toEqual({ features: { subscription_cancel: { enabled: true, cancellation_reason: { enabled: true, options: ['unused', 'other'] } } } });
  });

  it('16: names the options of a new configuration, which Stripe wants to hear of, even where nobody is asked', () => {
    const [change] = plan(wanted({ features: { subscription_cancel: { enabled: true, cancellation_reason: { enabled: false } } } }), found()).changes;
    expect(change?.write).toEqual({ features: { subscription_cancel: { enabled: true, cancellation_reason: { enabled: false, options: '' } } } });
  });

  it('16: writes what customers can switch to, and how long they can pause, as a whole', () => {
    const products = [{ product: 'prod_a', prices: ['price_1'] }];
    const subscription_update = { enabled: true, products, proration_behavior: 'none' };
    const subscription_pause = { enabled: true, duration: { type: 'interval_options', interval_options: [{ interval: 'month' }] } };
    const stored = {
      features: {
        subscription_update: { ...subscription_update, proration_behavior: 'always_invoice', billing_cycle_anchor: 'now' },
        subscription_pause: { enabled: true, duration: { type: 'indefinite', interval_options: [{ interval: 'month', interval_count: 1 }] } },
      },
    };
    const change = changeOf({ features: { subscription_update, subscription_pause } }, stored);
    expect(change?.fields.map(({ path }) => path)).toEqual(['features.subscription_update.proration_behavior', 'features.subscription_pause.duration.type']);
    expect(change?.write).toEqual({ features: { subscription_update, subscription_pause } });
  });

  it('17: warns that ours may lie beyond the newest 100', () => {
    const { changes, warnings } = plan(wanted({ active: true }), [{ kind: 'portal_configuration', key: KEY, matches: [], hasMore: true }]);
    expect(changes).toHaveLength(1);
    expect(warnings).toEqual(['there are more than 100 portal configurations, and none of the newest 100 carries devchat-test; --all looks at every one']);
  });

  it('17: does not warn when ours is among the newest 100', () => {
    const { warnings } = plan(wanted({ active: true }), [{ kind: 'portal_configuration', key: KEY, matches: [{ id: 'bpc_1', settings: { active: true } }], hasMore: true }]);
    expect(warnings).toEqual([]);
  });

  // 18, which is to look again after the work: test/integration/provision.test.ts, "is said when Stripe still differs after the work".
});
