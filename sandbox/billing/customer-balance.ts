/** A customer's balance: credit (negative) and debt that the next finalized invoice takes up. */
import type { World } from '../world.ts';
import { change } from './change.ts';
import type { Customer, Invoice } from './shapes.ts';

/** The draft with what is due after the customer's balance. @see https://docs.stripe.com/billing/customer/balance */
export function withBalance(world: World, draft: Invoice): Invoice {
  const starting_balance = world.store.find<Customer>('customer', draft.customer ?? '')?.balance ?? 0;
  const due = Math.max(draft.total + starting_balance, 0);
  const ending_balance = Math.min(draft.total + starting_balance, 0);
  return { ...draft, amount_due: due, amount_remaining: due, ending_balance, starting_balance };
}

/** The balance is what the finalized invoice leaves of it. Emits `customer.updated`. */
export function takeBalance(world: World, invoice: Invoice): void {
  addToBalance(world, invoice, (invoice.ending_balance ?? 0) - invoice.starting_balance);
}

/** A void invoice gives back what it took. Emits `customer.updated`. */
export function returnBalance(world: World, invoice: Invoice): void {
  addToBalance(world, invoice, invoice.starting_balance - (invoice.ending_balance ?? 0));
}

function addToBalance(world: World, invoice: Invoice, amount: number): void {
  const customer = world.store.find<Customer>('customer', invoice.customer ?? '');
  if (customer !== undefined && amount !== 0) change<Customer>(world, 'customer.updated', { ...customer, balance: customer.balance + amount });
}
