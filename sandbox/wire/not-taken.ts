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
  throw invalidRequest(`The sandbox does not take ${found[0]} yet: leave it out.`, found[1], 'parameter_unknown');
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
