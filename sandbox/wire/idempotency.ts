/** Idempotency keys: the first answer to a POST is kept and given again to whoever repeats the key. */
import type { Store, StripeObject } from '../world.ts';
import { StripeError, invalidRequest } from './errors.ts';

const KEY_LENGTH = 255;
const KEPT_SECONDS = 24 * 3600;
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

/** The answer that this key got before. Throws StripeError when the key was used with other parameters. */
export function keptAnswer(store: Store, key: string, fingerprint: string): SentAnswer | undefined {
  if (key.length > KEY_LENGTH) throw invalidRequest(`Idempotency keys can have up to ${KEY_LENGTH} characters.`);
  const kept = store.find<KeptAnswer>(KIND, key);
  if (kept && kept.fingerprint !== fingerprint) throw otherParameters(key);
  return kept?.answer;
}

/** Keeps an answer; `realNow` is in seconds of real time, as keys live for a real day. */
export function keepAnswer(store: Store, key: string, fingerprint: string, answer: SentAnswer, realNow: number): void {
  const kept: KeptAnswer = { id: key, object: KIND, created: realNow, fingerprint, answer };
  store.insert(kept);
}

/** Forgets the keys of more than a day ago. */
export function pruneAnswers(store: Store, realNow: number): void {
  const old = { limit: 1000, created: { lt: realNow - KEPT_SECONDS } };
  store.transaction(() => {
    for (let page = store.list(KIND, old); page.data.length > 0; page = store.list(KIND, old)) {
      for (const { id } of page.data) store.remove(KIND, id);
    }
  });
}

function otherParameters(key: string): StripeError {
  const message =
    'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
    `Try using a key other than '${key}' if you meant to execute a different request.`;
  return new StripeError(400, { type: 'idempotency_error', message });
}
