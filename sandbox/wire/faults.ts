/** Faults that the API is told to have: on which call, how many times, and what happens instead of an answer. */
import { newId } from '../ids.ts';
import { matchesPattern } from '../wildcard.ts';
import type { Store, StripeObject } from '../world.ts';
import { lockTimeout, StripeError } from './errors.ts';

const KIND = '_fault';
const SECONDS_MAX = 600;
const CALLS_MAX = 1_000_000;
const LIMITS = ['global-rate', 'endpoint-rate', 'global-concurrency', 'endpoint-concurrency', 'resource-specific'] as const;

/** What a fault does, by its word: `before` nothing is executed or kept, `during` the answer is kept for the call's key. */
export const FAULT_ANSWERS = {
  rate_limit: { when: 'before', says: '429 with Stripe-Rate-Limited-Reason' },
  lock_timeout: { when: 'before', says: '429 with Stripe-Should-Retry: true' },
  '500': { when: 'during', says: '500 after the execution began: nothing is written, and the key gets this answer again' },
  '500_early': { when: 'before', says: '500 before the execution began: the same key can be tried again' },
  '502': { when: 'before', says: '502 with a page of HTML, as from a proxy' },
  '503': { when: 'before', says: '503 before the execution began' },
  reset: { when: 'before', says: 'the connection is reset before anything is executed' },
  cut: { when: 'after', says: 'everything is executed, and the connection is reset instead of the answer' },
  delay: { when: 'after', says: 'everything is executed, and the answer comes after "seconds"; until then the key is in use' },
} as const;

export type FaultAnswer = keyof typeof FAULT_ANSWERS;

export interface Fault {
  /** `POST /v1/prices`; `*` stands for anything, as in `* /v1/customers/*`. */
  on: string;
  /** The first matching call that it hits, counted from now: 1 is the next. */
  call: number;
  /** How many calls it hits from then on. */
  times: number;
  answer: FaultAnswer;
  /** How long `delay` delays. */
  seconds: number;
  /** What `rate_limit` gives as its reason. */
  reason: (typeof LIMITS)[number];
}
type StoredFault = StripeObject & Fault & { seen: number };

/** Reads and keeps a fault. Throws an Error that names what is wrong with it. */
export function addFault(store: Store, wanted: unknown): Fault {
  const fault = readFault(wanted);
  store.insert<StoredFault>({ id: newId('fault'), object: KIND, ...fault, seen: 0 });
  return fault;
}

/** Those that have not hit for the last time, with the number of matching calls so far. */
export function waitingFaults(store: Store): (Fault & { seen: number })[] {
  return store.all<StoredFault>(KIND).map(({ id: _, object: __, ...fault }) => fault);
}

export function clearFaults(store: Store): void {
  for (const { id } of store.all(KIND)) store.remove(KIND, id);
}

/** The fault that hits this call, which is counted for all that match it. */
export function takeFault(store: Store, method: string, path: string): Fault | undefined {
  const matching = store.all<StoredFault>(KIND).filter(({ on }) => matchesPattern(on, `${method} ${path}`));
  if (matching.length === 0) return undefined;
  return store.transaction(() => matching.map((fault) => count(store, fault)).find(({ seen, call }) => seen >= call));
}

function count(store: Store, fault: StoredFault): StoredFault {
  const counted = { ...fault, seen: fault.seen + 1 };
  if (counted.seen >= fault.call + fault.times - 1) store.remove(KIND, fault.id);
  else store.save(counted);
  return counted;
}

/** What a fault of 429, 500 or 503 answers. */
export function errorOf({ answer, reason }: Fault): StripeError {
  if (answer === 'rate_limit') return rateLimit(reason);
  if (answer === 'lock_timeout') return lockTimeout();
  return new StripeError(answer === '503' ? 503 : 500, { type: 'api_error', message: WE_FAILED });
}

function rateLimit(reason: Fault['reason']): StripeError {
  const body = { type: 'invalid_request_error', code: 'rate_limit', message: RATE_LIMIT } as const;
  return new StripeError(429, body, { headers: { 'Stripe-Rate-Limited-Reason': reason } });
}

const WE_FAILED = 'Sorry! There was an error while talking to one of our backends. Support has been notified.';
const RATE_LIMIT = 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.';

function readFault(wanted: unknown): Fault {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) throw new Error('Send a fault as one JSON object, such as {"on": "POST /v1/prices", "answer": "cut"}.');
  const { on, answer, call = 1, times = 1, seconds = 1, reason = LIMITS[0], ...unknown } = wanted as Record<string, unknown>;
  const [odd] = Object.keys(unknown);
  if (odd !== undefined) throw new Error(`A fault has no "${odd}". It has: on, call, times, answer, seconds, reason.`);
  if (typeof on !== 'string' || !/^(\*|GET|POST|DELETE) [/*]\S*$/.test(on)) throw new Error('"on" is a method and a path, such as "POST /v1/prices" or "* /v1/customers/*".');
  return {
    on,
    call: whole('call', call, CALLS_MAX),
    times: whole('times', times, CALLS_MAX),
    answer: word('answer', String(answer), Object.keys(FAULT_ANSWERS) as FaultAnswer[]),
    seconds: whole('seconds', seconds, SECONDS_MAX),
    reason: word('reason', reason, LIMITS),
  };
}

function whole(name: string, value: unknown, most: number): number {
  if (!Number.isInteger(value) || Number(value) < 1 || Number(value) > most) throw new Error(`"${name}" is a whole number from 1 to ${most}.`);
  return Number(value);
}

function word<const Word extends string>(name: string, value: unknown, words: readonly Word[]): Word {
  const found = words.find((one) => one === value);
  if (found === undefined) throw new Error(`"${name}" is one of: ${words.join(', ')}.`);
  return found;
}
