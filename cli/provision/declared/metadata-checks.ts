/** Whether Stripe takes the declared metadata beside devchat's own: https://docs.stripe.com/api/metadata */
import type { Finding, KeyPath } from '../../../core/config-file.ts';
import { CHALLENGE_KEY } from '../../../core/provisioned.ts';
import type { Json } from '../resources/resource.ts';
import { isSettings, isUnset } from '../settings.ts';
import { when } from './check.ts';

const MOST_KEYS = 50;
const KEY_CHARACTERS = 40;

export function checkMetadata(metadata: Json, path: KeyPath): Finding[] {
  if (!isSettings(metadata)) return [];
  const set = Object.entries(metadata).filter(([, value]) => !isUnset(value));
  const isTooMany = set.length + 1 > MOST_KEYS;
  return [
    ...when(isTooMany, { path, what: `has ${set.length} keys, and ${CHALLENGE_KEY} makes one more than the ${MOST_KEYS} that Stripe takes`, fix: `leave ${MOST_KEYS - 1} at most` }),
    ...Object.keys(metadata).flatMap((key) => checkKey(key, [...path, key])),
  ];
}

function checkKey(key: string, path: KeyPath): Finding[] {
  return [
    ...when(key === CHALLENGE_KEY, { path, what: 'is devchat’s own: what it made is found again by it', fix: 'leave it out; CHALLENGE_ID sets it' }),
    ...when(key.length > KEY_CHARACTERS, { path, what: `is a key of ${key.length} characters, and Stripe takes ${KEY_CHARACTERS}`, fix: 'shorten it' }),
    ...when(/[[\]]/.test(key), { path, what: 'has a bracket, which Stripe takes in no key', fix: 'leave the brackets out' }),
  ];
}
