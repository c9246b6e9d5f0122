/** What each charge and refund adds to the account's balance, and the fee that Stripe keeps. */
import type { World } from '../world.ts';
import { DAY_SECONDS } from './calendar.ts';
import type { BalanceTransaction } from './shapes.ts';

/** @see https://stripe.com/pricing (cards in the United States) */
const FEE_PERCENT = 2.9;
const FEE_FIXED = 30;
const AVAILABLE_AFTER_SECONDS = 2 * DAY_SECONDS;

interface Booked {
  currency: string;
  description: string | null;
}

/** What a captured charge brings. */
export function bookCharge(world: World, source: string, amount: number, { currency, description }: Booked): BalanceTransaction {
  const fee = Math.round((amount * FEE_PERCENT) / 100) + FEE_FIXED;
  const fee_details = [{ amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' }];
  return book(world, { amount, currency, description, fee, fee_details, net: amount - fee, source, type: 'charge' });
}

/** What a refund takes; the fee is not given back. */
export function bookRefund(world: World, source: string, amount: number, { currency, description }: Booked): BalanceTransaction {
  return book(world, { amount: -amount, currency, description, fee: 0, fee_details: [], net: -amount, source, type: 'refund' });
}

type Entry = Pick<BalanceTransaction, 'amount' | 'currency' | 'description' | 'fee' | 'fee_details' | 'net' | 'source'> & {
  type: 'charge' | 'refund';
};

function book(world: World, entry: Entry): BalanceTransaction {
  return world.store.insert<BalanceTransaction>({
    id: world.newId('txn'),
    object: 'balance_transaction',
    available_on: world.now() + AVAILABLE_AFTER_SECONDS,
    balance_type: 'payments',
    created: world.now(),
    exchange_rate: null,
    reporting_category: entry.type,
    status: 'pending',
    ...entry,
  });
}
