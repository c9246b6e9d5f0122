/** Giving the money of a charge back. */
import { money } from '../money.ts';
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';
import { bookRefund } from './balance-transactions.ts';
import { change, previousAttributes } from './change.ts';
import type { Charge, PaymentIntent, Refund } from './shapes.ts';

export interface RefundOrder {
  /** All that is left, unless told otherwise. */
  amount?: number | null;
  metadata?: Record<string, string> | null;
  reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer' | null;
}

/** Gives back all or a part of a charge. Emits `charge.refunded` and `refund.created`. Throws StripeError (400). */
export function refundCharge(world: World, charge: Charge, order: RefundOrder): Refund {
  const left = charge.amount_captured - charge.amount_refunded;
  const amount = order.amount ?? left;
  refuseRefund(charge, amount, left);
  const id = world.newId('re');
  const refund = world.store.insert<Refund>({
    id,
    object: 'refund',
    amount,
    balance_transaction: bookRefund(world, id, amount, { currency: charge.currency, description: null }).id,
    charge: charge.id,
    created: world.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: { card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' }, type: 'card' },
    metadata: order.metadata ?? {},
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: order.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  });
  const amount_refunded = charge.amount_refunded + amount;
  change<Charge>(world, 'charge.refunded', { ...charge, amount_refunded, refunded: amount_refunded === charge.amount_captured });
  world.emit('refund.created', refund);
  return refund;
}

function refuseRefund(charge: Charge, amount: number, left: number): void {
  if (charge.status !== 'succeeded' || !charge.captured) {
    throw invalidRequest(`Charge ${charge.id} has not been captured and cannot be refunded.`, 'charge');
  }
  if (left === 0) throw invalidRequest(`Charge ${charge.id} has already been refunded.`, undefined, 'charge_already_refunded');
  if (amount <= left) return;
  const message = `Refund amount (${money(amount, charge.currency)}) is greater than unrefunded amount on charge (${money(left, charge.currency)})`;
  throw invalidRequest(message, 'amount');
}

/** Saves a changed refund. Emits `charge.refund.updated` and `refund.updated`, which say the same. */
export function changeRefund(world: World, refund: Refund): Refund {
  const previous = previousAttributes(world.store.find<Refund>('refund', refund.id) ?? {}, refund);
  const changed = change(world, 'charge.refund.updated', refund);
  if (previous !== undefined) world.emit('refund.updated', changed, previous);
  return changed;
}

/** The charge that paid an intent; `undefined` before one did. */
export function chargeOf(world: World, intent: PaymentIntent): Charge | undefined {
  return world.store.find<Charge>('charge', intent.latest_charge ?? '');
}
