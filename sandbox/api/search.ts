/** The search routes: refused by name, or an id in the path would be looked for. */
import { invalidRequest } from '../wire/errors.ts';
import { integer, required, string } from '../wire/params.ts';
import { route } from '../wire/route.ts';

const SEARCHABLE = ['charges', 'customers', 'invoices', 'payment_intents', 'prices', 'products', 'subscriptions'] as const;

const searchSpec = { limit: integer({ min: 1, max: 100 }), page: string(), query: required(string()) };

export const searchRoutes = SEARCHABLE.map((name) =>
  route('GET', `/v1/${name}/search`, searchSpec, () => {
    throw invalidRequest(`The sandbox does not search: list the ${name} by their filters instead (GET /v1/${name}).`, 'query');
  }),
);
