/** Whether a history of Stripe's events holds together: each `updated`, with its `previous_attributes` put back, is the state before. */
import { isDeepStrictEqual } from 'node:util';

type Fields = Record<string, unknown>;

export interface HistoricEvent {
  type: string;
  object: Fields;
  previous?: Fields | undefined;
}

/** What Stripe changes without an event of its own. */
const SILENT_FIELDS: Record<string, readonly string[]> = { customer: ['next_invoice_sequence'] };
const STOPPED = { auto_advance: false, automatically_finalizes_at: null, next_payment_attempt: null };

/** What does not hold together, event by event; none when all does. Objects whose past nobody told are left out. */
export function contradictions(events: readonly HistoricEvent[]): string[] {
  const shown = new Map<string, Fields[]>();
  return events.flatMap((event, index) => {
    const id = String(event.object.id);
    const states = shown.get(id) ?? [];
    const before = states.findLast((state) => !isDeepStrictEqual(state, event.object));
    shown.set(id, [...states, event.object]);
    if (event.type === 'customer.subscription.deleted') stopInvoices(shown, id);
    if (!event.type.endsWith('.updated')) return [];
    return faultOf(event, before).map((fault) => `${index} ${event.type} ${id}: ${fault}`);
  });
}

/** Cancelling a subscription stops the collection of its invoices, and no event tells of it. */
function stopInvoices(shown: Map<string, Fields[]>, subscription: string): void {
  for (const states of shown.values()) {
    const last = states.at(-1)!;
    if (last.object !== 'invoice' || !['draft', 'open'].includes(String(last.status))) continue;
    if (JSON.stringify(last.parent).includes(subscription)) states.push({ ...last, ...STOPPED });
  }
}

function faultOf({ object, previous }: HistoricEvent, before: Fields | undefined): string[] {
  if (previous === undefined) return ['it has no previous_attributes'];
  if (before === undefined) return [];
  const [rebuilt, real] = [comparable(putBack(object, previous)), comparable(before)];
  const keys = new Set([...Object.keys(rebuilt), ...Object.keys(real)]);
  const differing = [...keys].filter((key) => !isDeepStrictEqual(rebuilt[key], real[key]));
  return differing.map((key) => `${key} was ${JSON.stringify(real[key])}, not ${JSON.stringify(rebuilt[key])}`);
}

/** Hashes hold only their changed keys; a list is whole. */
function putBack(object: Fields, previous: Fields): Fields {
  const old = Object.entries(previous).map(([key, value]) => {
    const now = object[key];
    return [key, isHash(now) && isHash(value) ? putBack(now, value) : value];
  });
  return { ...object, ...Object.fromEntries(old) as Fields };
}

/** A key that was not there is told as null. */
function comparable(state: Fields): Fields {
  const silent = SILENT_FIELDS[String(state.object)] ?? [];
  return withoutNulls(Object.fromEntries(Object.entries(state).filter(([key]) => !silent.includes(key))));
}

function withoutNulls(fields: Fields): Fields {
  const entries = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, isHash(value) ? withoutNulls(value) : value]));
}

function isHash(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
