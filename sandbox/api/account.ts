/** /v1/account and /v1/balance: the one account that the sandbox serves. */
import type Stripe from 'stripe';
import { accountIdOf } from '../account-id.ts';
import type { Wire } from '../billing/shapes.ts';
import { route } from '../wire/route.ts';

type Account = Wire<Stripe.Account>;

export const accountRoutes = [
  route('GET', '/v1/account', {}, (world) => accountOf(accountIdOf(world.store), world.switchOf('business_name'))),
  route('GET', '/v1/balance', {}, () => balance),
];

const settingsOf = (display_name: string): Account['settings'] => ({
  branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
  card_payments: { statement_descriptor_prefix: null, statement_descriptor_prefix_kana: null, statement_descriptor_prefix_kanji: null },
  dashboard: { display_name, timezone: 'Etc/UTC' },
  payments: {
    statement_descriptor: null,
    statement_descriptor_kana: null,
    statement_descriptor_kanji: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
});

function accountOf(id: string, name: string): Account {
  return {
    id,
    object: 'account',
    business_type: null,
    capabilities: { card_payments: 'active', transfers: 'active' },
    charges_enabled: true,
    controller: { type: 'account' },
    country: 'US',
    default_currency: 'usd',
    details_submitted: true,
    email: 'owner@example.com',
    metadata: {},
    payouts_enabled: true,
    settings: settingsOf(name),
    type: 'standard',
  };
}

const balance: Wire<Stripe.Balance> = {
  object: 'balance',
  available: [{ amount: 0, currency: 'usd', source_types: { card: 0 } }],
  livemode: false,
  pending: [{ amount: 0, currency: 'usd', source_types: { card: 0 } }],
};
