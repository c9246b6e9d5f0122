/** What the brief wants to exist. */
import { describe, expect, it } from 'vitest';
import type { Declared } from '../../../cli/provision/declared/schema.ts';
import { desired, partsFor, type Part } from '../../../cli/provision/desired.ts';
import { DevchatError } from '../../../core/errors.ts';

const CHALLENGE = 'devchat-test';

describe('what must exist', () => {
  it('is the portal configuration of the brief, and nothing else of it', () => {
    expect(desired({ challengeId: CHALLENGE, parts: ['portal'] })).toEqual([
      {
        kind: 'portal_configuration',
        key: CHALLENGE,
        settings: {
          active: true,
          business_profile: { headline: '/dev/chat' },
          features: {
            payment_method_update: { enabled: true },
            invoice_history: { enabled: true },
            subscription_cancel: { enabled: true, mode: 'immediately', proration_behavior: 'none' },
            customer_update: { enabled: false },
            subscription_update: { enabled: false },
            subscription_pause: { enabled: false },
          },
          metadata: { challenge_id: CHALLENGE },
        },
      },
    ]);
  });

  it('is one product with one monthly price', () => {
    expect(desired({ challengeId: CHALLENGE, parts: ['catalog'] })).toEqual([
      { kind: 'product', key: CHALLENGE, settings: { active: true, name: '/dev/chat Pair Coding', unit_label: 'session', metadata: { challenge_id: CHALLENGE } } },
      {
        kind: 'price',
        key: 'devchat_paircode_monthly_devchat-test',
        settings: {
          active: true,
          currency: 'usd',
          unit_amount: 6000,
          recurring: { interval: 'month', interval_count: 1 },
          lookup_key: 'devchat_paircode_monthly_devchat-test',
          metadata: { challenge_id: CHALLENGE },
        },
      },
    ]);
  });

  it('is a webhook endpoint that hears what the daemon understands, in the version that it speaks', () => {
    const [endpoint] = desired({ challengeId: CHALLENGE, parts: ['webhook'], baseUrl: 'https://devchat.example' });
    expect(endpoint).toMatchObject({ kind: 'webhook_endpoint', settings: { url: 'https://devchat.example/webhook', status: 'enabled', api_version: '2026-10-28.endive' } });
    expect(endpoint?.settings.enabled_events).toEqual(expect.arrayContaining(['customer.subscription.deleted', 'invoice.payment_failed', 'checkout.session.completed', 'payment_method.updated', 'customer.created']));
  });

  it('has no webhook endpoint without an address', () => {
    expect(() => desired({ challengeId: CHALLENGE, parts: ['webhook'] })).toThrow(new DevchatError('not-configured', 'Stripe needs an address to send events to', 'set DEVCHAT_BASE_URL to where the daemon is reached from outside, or declare webhook.url in devchat.config.json'));
  });
});

describe('what is declared', () => {
  const wish = (declared: Declared, part: Part) => desired({ challengeId: CHALLENGE, parts: [part], baseUrl: 'https://devchat.example', declared });
  const settingsOf = (declared: Declared, part: Part) => wish(declared, part).map(({ settings }) => settings);

  it('lies over the brief leaf by leaf, and our tag over both', () => {
    const [portal] = settingsOf(
      {
        portal: {
          name: 'pair',
          business_profile: { privacy_policy_url: 'https://devchat.example/privacy' },
          features: { subscription_cancel: { mode: 'at_period_end' }, customer_update: { enabled: true, allowed_updates: ['email'] } },
          metadata: { team: 'finance' },
        },
      },
      'portal',
    );
    expect(portal).toEqual({
      active: true,
      name: 'pair',
      business_profile: { headline: '/dev/chat', privacy_policy_url: 'https://devchat.example/privacy' },
      features: {
        payment_method_update: { enabled: true },
        invoice_history: { enabled: true },
        subscription_cancel: { enabled: true, mode: 'at_period_end', proration_behavior: 'none' },
        customer_update: { enabled: true, allowed_updates: ['email'] },
        subscription_update: { enabled: false },
        subscription_pause: { enabled: false },
      },
      metadata: { team: 'finance', challenge_id: CHALLENGE },
    });
  });

  it('clears with null, defaults too', () => {
    expect(settingsOf({ portal: { business_profile: { headline: null }, default_return_url: null } }, 'portal')).toMatchObject([{ business_profile: { headline: null }, default_return_url: null }]);
    expect(settingsOf({ product: { unit_label: null } }, 'catalog')[0]).toMatchObject({ name: '/dev/chat Pair Coding', unit_label: null });
  });

  it('takes the place of the whole list of prices, each known by its interval', () => {
    const price = (interval: 'day' | 'week' | 'month' | 'year', count?: number) => ({ currency: 'eur', unit_amount: 100, recurring: { interval, ...(count ? { interval_count: count } : {}) } });
    const prices = [price('month'), price('year'), price('week'), price('day'), price('month', 3), price('year', 1)];
    const [product, ...wanted] = wish({ product: { description: 'Two people, one keyboard', prices } }, 'catalog');
    expect(product?.settings).toEqual({ active: true, name: '/dev/chat Pair Coding', unit_label: 'session', description: 'Two people, one keyboard', metadata: { challenge_id: CHALLENGE } });
    expect(wanted.map(({ key }) => key)).toEqual(['monthly', 'yearly', 'weekly', 'daily', 'every_3_months', 'yearly'].map((name) => `devchat_paircode_${name}_${CHALLENGE}`));
    expect(wanted.map(({ settings }) => settings.lookup_key)).toEqual(wanted.map(({ key }) => key));
    expect(wanted[4]?.settings).toMatchObject({ active: true, currency: 'eur', unit_amount: 100, recurring: { interval: 'month', interval_count: 3 } });
    expect(wanted[0]?.settings.recurring).toEqual({ interval: 'month', interval_count: 1 });
  });

  it('counts an interval of a pause once where nothing else is said', () => {
    const duration = { type: 'interval_options' as const, interval_options: [{ interval: 'month' as const }, { interval: 'week' as const, interval_count: 2 }] };
    const [portal] = settingsOf({ portal: { features: { subscription_pause: { enabled: true, duration } } } }, 'portal');
    expect(portal).toMatchObject({ features: { subscription_pause: { enabled: true, duration: { type: 'interval_options', interval_options: [{ interval: 'month', interval_count: 1 }, { interval: 'week', interval_count: 2 }] } } } });
  });

  it('may say more about a price', () => {
    const [, price] = settingsOf({ product: { prices: [{ currency: 'usd', unit_amount: 5000, recurring: { interval: 'month' }, nickname: 'early', tax_behavior: 'inclusive', metadata: { plan: 'a' } }] } }, 'catalog');
    expect(price).toMatchObject({ unit_amount: 5000, nickname: 'early', tax_behavior: 'inclusive', metadata: { plan: 'a', challenge_id: CHALLENGE } });
  });

  it('may send events elsewhere, and needs no other address then', () => {
    const webhook = { url: 'https://hooks.example/stripe', enabled_events: ['*' as const], description: 'devchat' };
    const [endpoint] = desired({ challengeId: CHALLENGE, parts: ['webhook'], declared: { webhook } });
    expect(endpoint?.settings).toEqual({ ...webhook, status: 'enabled', api_version: '2026-10-28.endive', secret: 'saved', metadata: { challenge_id: CHALLENGE } });
  });
});

describe('which parts', () => {
  it('are the named one, else all that Stripe can use', () => {
    expect(partsFor('catalog', { baseUrl: 'https://devchat.example' })).toEqual(['catalog']);
    expect(partsFor(undefined, { baseUrl: 'https://devchat.example' })).toEqual(['portal', 'catalog', 'webhook']);
    expect(partsFor(undefined, { baseUrl: 'http://127.0.0.1:4242', declared: { webhook: { url: 'https://devchat.example/webhook' } } })).toEqual(['portal', 'catalog', 'webhook']);
    expect(partsFor(undefined, { baseUrl: 'http://127.0.0.1:4242' })).toEqual(['portal', 'catalog']);
    expect(partsFor(undefined, {})).toEqual(['portal', 'catalog']);
  });
});
