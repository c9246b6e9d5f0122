/** What a change would cost: it is made, read, and taken back, so that the portal promises exactly what will happen. */
import { pendingItems } from '../../billing/invoice-items.ts';
import type { Invoice, Subscription } from '../../billing/shapes.ts';
import { StripeError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';

/** Amounts in minor units. */
export interface Cost {
  /** What is charged at once. */
  dueNow: number;
  /** What the next invoice adds or takes off. */
  onNextInvoice: number;
  after: Subscription;
}

/** The cost of a change to a customer's subscription; nothing of it is kept. A refusal comes back in its own words. */
export function tryOut(world: World, customer: string, work: () => Subscription): Cost | { refusal: string } {
  try {
    return world.store.transaction(() => {
      const before = amountsOf(world, customer);
      const after = work();
      const now = amountsOf(world, customer);
      throw new Undo({ dueNow: now.invoiced - before.invoiced, onNextInvoice: now.pending - before.pending, after });
    });
  } catch (thrown) {
    if (thrown instanceof Undo) return thrown.cost;
    if (thrown instanceof StripeError) return { refusal: thrown.message };
    throw thrown;
  }
}

/** Thrown so that the transaction is rolled back. */
class Undo extends Error {
  readonly cost: Cost;

  constructor(cost: Cost) {
    super('What is tried out is never kept');
    this.cost = cost;
  }
}

function amountsOf(world: World, customer: string): { invoiced: number; pending: number } {
  const invoices = world.store.all<Invoice>('invoice', { customer });
  return {
    invoiced: invoices.reduce((sum, invoice) => sum + invoice.amount_due, 0),
    pending: pendingItems(world, customer).reduce((sum, item) => sum + item.amount, 0),
  };
}
