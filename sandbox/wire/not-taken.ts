/** The parameters of Stripe's API that the sandbox's routes do not take: refused by name, so that nobody takes them for typing errors. */
import { invalidRequest } from './errors.ts';
import { isHash, type Raw, type RawHash } from './form.ts';
import { NOT_TAKEN } from './not-taken-table.ts';
import { takenNames, type Spec } from './params.ts';

/** Throws StripeError (400) for a parameter that Stripe takes here and the sandbox does not. */
export function refuseNotTaken(route: { method: string; path: string; spec: Spec }, raw: RawHash): void {
  const row = NOT_TAKEN[`${route.method} ${route.path}`];
  const sent = namesIn(raw);
  if (row === undefined || sent.length === 0) return;
  const notTaken = new Set(row.trim().split(/\s+/));
  const found = sent.find(([plain]) => notTaken.has(plain));
  if (found === undefined || takenNames(route.spec).includes(found[0])) return;
  throw invalidRequest(`The sandbox does not take ${found[0]} yet${adviceOn(found[0])}`, found[1], 'parameter_unknown');
}

const CHANGING_AMOUNTS: readonly string[] = [
  'adaptive_pricing', 'add_invoice_items', 'automatic_tax', 'billing_thresholds', 'coupon', 'currency_options', 'custom_unit_amount',
  'default_tax_rates', 'discount', 'discounts', 'optional_items', 'promotion_code', 'quantity_decimal', 'shipping_cost',
  'shipping_options', 'tax', 'tax_behavior', 'tax_code', 'tax_id_collection', 'tax_id_data', 'tax_rates', 'tiers', 'transform_quantity', 'unit_amount_decimal',
];

/** Whoever leaves out what changes amounts sees other amounts than at Stripe. */
function adviceOn(name: string): string {
  const changesAmounts = name.replaceAll(']', '').split('[').some((part) => CHANGING_AMOUNTS.includes(part));
  if (!changesAmounts) return ': leave it out.';
  return '. It changes amounts at Stripe, and those of the sandbox leave it aside: do not take them for what a customer will pay.';
}

/** Every name in the form, at every depth: without the indexes of lists, and as it was sent. */
function namesIn(raw: Raw, plain = '', sent = ''): [plain: string, sent: string][] {
  if (typeof raw === 'string') return [];
  const entries: [string, Raw][] = isHash(raw) ? Object.entries(raw) : raw.map((item, index) => [String(index), item]);
  return entries.flatMap(([key, value]) => {
    const isIndex = /^\d+$/.test(key);
    const name = sent === '' ? key : `${sent}[${key}]`;
    const plainName = plain === '' ? key : `${plain}[${key}]`;
    return isIndex ? namesIn(value, plain, name) : [[plainName, name] as [string, string], ...namesIn(value, plainName, name)];
  });
}
