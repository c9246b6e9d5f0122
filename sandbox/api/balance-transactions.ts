/** /v1/balance_transactions: what charges and refunds added to the balance. */
import type { BalanceTransaction } from '../billing/shapes.ts';
import { existing } from '../wire/existing.ts';
import { string } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';

const filters = { currency: string(), source: string(), type: string() };

export const balanceTransactionRoutes = [
  route('GET', '/v1/balance_transactions/:id', {}, (world, { path }) => {
    return existing<BalanceTransaction>(world, 'balance_transaction', path.id);
  }),
  listRoute('/v1/balance_transactions', 'balance_transaction', filters),
];
