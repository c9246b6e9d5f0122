/** Proof that the judge has no blind spot: recorded values with a key too many, one at each place of each kind. */
import type { Recording } from './recordings.ts';

export interface Planted extends Recording {
  /** Where the key was put. */
  at: string;
}

/** Here any key may stand: the account's owner writes it, or the SDK's type says so. */
const FREE_HASHES = /\.(metadata|use_stripe_sdk)$/;

/** One copy for each hash of the answers, and for each of what events add to an answer of the same object. */
export function plantKeys(recordings: readonly Recording[]): Planted[] {
  const answers = new Set(recordings.map(({ kind }) => kind));
  const seen = new Set<string>();
  return recordings.flatMap((recording) => {
    const inEvent = objectOf(recording);
    const places = placesOf(recording.value).filter((place) => !(answers.has(inEvent) && place[1] === 'object'));
    return places.flatMap((place) => plantedAt(place, recording, seen));
  });
}

/** The word of what an event shows. */
function objectOf({ value }: Recording): string {
  return String((value as { data?: { object?: { object?: string } } }).data?.object?.object);
}

type Place = readonly (string | number)[];

function placesOf(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, field]) => placesOf(field, [...at, Array.isArray(value) ? Number(key) : key]));
  return Array.isArray(value) ? inside : [at, ...inside];
}

function plantedAt(place: Place, recording: Recording, seen: Set<string>): Planted[] {
  const at = place.map((step) => (typeof step === 'number' ? '[]' : `.${step}`)).join('');
  const known = `${recording.kind}${at}`;
  if (seen.has(known) || FREE_HASHES.test(at)) return [];
  seen.add(known);
  const value = structuredClone(recording.value);
  const hash = place.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], value);
  Object.assign(hash as object, { no_key_of_stripe: null });
  return [{ ...recording, value, at }];
}
