/** What one attempt to take money leaves behind. */
import type { World } from '../world.ts';
import type { Decline } from '../wire/errors.ts';
import { bookCharge } from './balance-transactions.ts';
import { cardOf } from './payment-methods.ts';
import type { Charge, PaymentIntent, PaymentMethod } from './shapes.ts';

const STATEMENT_DESCRIPTOR = 'DEVCHAT SANDBOX';
const NORMAL_RISK_SCORE = 20;
const HIGHEST_RISK = { risk_level: 'highest', risk_score: 92 };
const BLOCKED = 'Stripe blocked this payment as too risky.';
const DECLINED_BY_BANK = 'The bank did not return any further details with this decline.';

/** What the sandbox never fills. */
const NEVER_ON_A_CHARGE = {
  amount_refunded: 0,
  application: null,
  application_fee: null,
  application_fee_amount: null,
  calculated_statement_descriptor: STATEMENT_DESCRIPTOR,
  disputed: false,
  failure_balance_transaction: null,
  fraud_details: {},
  livemode: false,
  on_behalf_of: null,
  radar_options: {},
  receipt_number: null,
  receipt_url: null,
  refunded: false,
  review: null,
  source: null,
  source_transfer: null,
  transfer_data: null,
  transfer_group: null,
} satisfies Partial<Charge>;

export interface ChargeOutcome {
  /** Why the bank declined. */
  decline?: Decline;
  /** The card's holder confirmed it. */
  authenticated: boolean;
}

/** A charge of the whole intent: failed when the bank declined, else captured or, for a manual intent, only authorized. */
export function buildCharge(world: World, intent: PaymentIntent, paymentMethod: PaymentMethod, outcome: ChargeOutcome): Charge {
  const { decline } = outcome;
  const id = world.newId('ch');
  const captured = decline === undefined && intent.capture_method !== 'manual';
  return {
    id,
    object: 'charge',
    ...NEVER_ON_A_CHARGE,
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    balance_transaction: captured ? bookCharge(world, id, intent.amount, intent).id : null,
    billing_details: paymentMethod.billing_details,
    captured,
    created: world.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    metadata: intent.metadata,
    outcome: outcomeOf(decline),
    paid: decline === undefined,
    payment_intent: intent.id,
    payment_method: paymentMethod.id,
    payment_method_details: { card: cardDetails(intent, paymentMethod, outcome), type: 'card' },
    receipt_email: intent.receipt_email,
    shipping: intent.shipping,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: decline === undefined ? 'succeeded' : 'failed',
  };
}

function outcomeOf(decline: Decline | undefined): Charge['outcome'] {
  const risk = { risk_level: 'normal', risk_score: NORMAL_RISK_SCORE };
  if (decline === undefined) {
    return {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'approved_by_network',
      reason: null,
      ...risk,
      seller_message: 'Payment complete.',
      type: 'authorized',
    };
  }
  const isBlocked = decline.decline_code === 'fraudulent';
  return {
    advice_code: (decline.advice_code ?? null) as NonNullable<Charge['outcome']>['advice_code'],
    network_advice_code: null,
    network_decline_code: decline.network_decline_code ?? null,
    network_status: isBlocked ? 'not_sent_to_network' : 'declined_by_network',
    reason: isBlocked ? 'highest_risk_level' : (decline.decline_code ?? decline.code),
    ...(isBlocked ? HIGHEST_RISK : risk),
    seller_message: isBlocked ? BLOCKED : DECLINED_BY_BANK,
    type: isBlocked ? 'blocked' : 'issuer_declined',
  };
}

/** The bank asked the card's holder, who confirmed. */
const CHALLENGED = {
  authentication_flow: 'challenge',
  electronic_commerce_indicator: '05',
  exemption_indicator: null,
  result: 'authenticated',
  result_reason: null,
  transaction_id: null,
  version: '2.2.0',
} as const;

function cardDetails(
  intent: PaymentIntent,
  paymentMethod: PaymentMethod,
  { authenticated }: ChargeOutcome,
): NonNullable<Charge['payment_method_details']>['card'] {
  const { brand, checks, country, exp_month, exp_year, funding, last4, fingerprint } = cardOf(paymentMethod);
  return {
    amount_authorized: intent.amount,
    authorization_code: null,
    brand,
    checks,
    country,
    electronic_commerce_indicator: null,
    exp_month,
    exp_year,
    extended_authorization: { status: 'disabled' },
    fingerprint: fingerprint ?? null,
    funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4,
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: brand,
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
    regulated_status: 'unregulated',
    three_d_secure: authenticated ? CHALLENGED : null,
    transaction_link_id: null,
    wallet: null,
  };
}

/** Takes an authorized charge, or a part of it. Emits `charge.captured`. */
export function captureCharge(world: World, charge: Charge, amount: number): Charge {
  const captured = world.store.save<Charge>({
    ...charge,
    amount_captured: amount,
    balance_transaction: bookCharge(world, charge.id, amount, charge).id,
    captured: true,
  });
  world.emit('charge.captured', captured);
  return captured;
}

/** Gives an authorized charge back untouched. Emits `charge.refunded`. */
export function releaseCharge(world: World, charge: Charge): void {
  const released = world.store.save<Charge>({ ...charge, amount_refunded: charge.amount, refunded: true });
  world.emit('charge.refunded', released);
}
