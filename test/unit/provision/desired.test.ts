/** What the brief wants to exist. */
import { describe, expect, it } from 'vitest';
import { desired, partsFor } from '../../../cli/provision/desired.ts';
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
    expect(() => desired({ challengeId: CHALLENGE, parts: ['webhook'] })).toThrow(new DevchatError('not-configured', 'Stripe needs an address to send events to', 'set DEVCHAT_BASE_URL to where the daemon is reached from outside'));
  });
});

describe('which parts', () => {
  it('are the named one, else all that Stripe can use', () => {
    expect(partsFor('catalog', 'https://devchat.example')).toEqual(['catalog']);
    expect(partsFor(undefined, 'https://devchat.example')).toEqual(['portal', 'catalog', 'webhook']);
    expect(partsFor(undefined, 'http://127.0.0.1:4242')).toEqual(['portal', 'catalog']);
    expect(partsFor(undefined, undefined)).toEqual(['portal', 'catalog']);
  });
});
