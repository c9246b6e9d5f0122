/** Idempotency keys: the first answer to a POST is kept and given again to whoever repeats the key. */
import { realSeconds } from '../clock.ts';
import type { Store, StripeObject } from '../world.ts';
import { StripeError, invalidRequest } from './errors.ts';

const KEY_LENGTH = 255;
const KEPT_SECONDS = 24 * 3600;
/** How many old answers are forgotten for each that is kept. */
const FORGOTTEN_AT_ONCE = 2;
const KIND = '_idempotent_answer';

/** What a call answered, ready to be sent once more. */
export interface SentAnswer {
  status: number;
  body: string;
  requestId: string;
}

interface KeptAnswer extends StripeObject {
  created: number;
  fingerprint: string;
  answer: SentAnswer;
}

/** The answer that this key got during the last real day. Throws StripeError when the key was used with other parameters. */
export function keptAnswer(store: Store, key: string, fingerprint: string, realNow = realSeconds()): SentAnswer | undefined {
  if (key.length > KEY_LENGTH) throw invalidRequest(`Idempotency keys can have up to ${KEY_LENGTH} characters.`);
  const kept = store.find<KeptAnswer>(KIND, key);
  if (!kept || kept.created < realNow - KEPT_SECONDS) return undefined;
  if (kept.fingerprint !== fingerprint) throw otherParameters(key);
  return kept.answer;
}

/** Keeps an answer; `realNow` is in seconds of real time, as keys live for a real day. */
export function keepAnswer(store: Store, key: string, fingerprint: string, answer: SentAnswer, realNow = realSeconds()): void {
  for (const { id } of answersBefore(store, realNow - KEPT_SECONDS, FORGOTTEN_AT_ONCE)) store.remove(KIND, id);
  store.remove(KIND, key);
  store.insert<KeptAnswer>({ id: key, object: KIND, created: realNow, fingerprint, answer });
}

/** Forgets the keys of more than a day ago. */
export function pruneAnswers(store: Store, realNow: number): void {
  const old = (): StripeObject[] => answersBefore(store, realNow - KEPT_SECONDS, 1000);
  store.transaction(() => {
    for (let page = old(); page.length > 0; page = old()) for (const { id } of page) store.remove(KIND, id);
  });
}

function answersBefore(store: Store, moment: number, limit: number): StripeObject[] {
  return store.list(KIND, { limit, created: { lt: moment } }).data;
}

/** A refusal of the parameters, or of too many calls, comes before the execution: the key stays free. */
export function isKept({ status, body: { code = '' } }: StripeError): boolean {
  return ![401, 409, 429].includes(status) && !code.startsWith('parameter_') && code !== 'url_invalid';
}

function otherParameters(key: string): StripeError {
  const message =
    'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
    `Try using a key other than '${key}' if you meant to execute a different request.`;
  return new StripeError(400, { type: 'idempotency_error', message });
}

/** 409: another call with this key has not got its answer yet. */
export function keyInUse(key: string): StripeError {
  const message =
    'There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, ' +
    `and the other request is still going through): ${key}. Please try again later.`;
  return new StripeError(409, { type: 'invalid_request_error', code: 'idempotency_key_in_use', message });
}
