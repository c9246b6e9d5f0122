/** Tells what can be an event of Stripe's from what cannot, whatever it is about: https://docs.stripe.com/api/events/object */
import { isRecord } from '../is-record.ts';
import { isId, isShallow, isTime, mayBeDeep, TOO_DEEP } from './whole.ts';

/** What is read of every event, whatever its type. */
const PARTS: Readonly<Record<string, (part: unknown) => boolean>> = {
  id: isId,
  type: (type) => typeof type === 'string' && /^[\w.]{1,255}$/.test(type),
  created: isTime,
  livemode: (livemode) => typeof livemode === 'boolean',
  data: (data) => isRecord(data) && isRecord(data.object),
};

/** Why it cannot be an event, in words; undefined where it can. `text` is the JSON that it was read from, where that is at hand: it tells faster. */
export function whyNoEvent(value: unknown, text?: string): string | undefined {
  if (!isRecord(value) || value.object !== 'event') return 'it is no event';
  const odd = Object.entries(PARTS).find(([name, isIt]) => !isIt(value[name]));
  if (odd) return `it is no event: its ${odd[0]} is not as Stripe writes it`;
  return isTooDeep(value, text) ? `it is no event: ${TOO_DEEP}` : undefined;
}

/** Whether it is nested deeper than all that reads it can follow; `text` as above. */
export function isTooDeep(value: unknown, text?: string): boolean {
  return (text === undefined || mayBeDeep(text)) && !isShallow(value);
}
