/** What the cache knows of itself: until when all of Stripe's events have been listed. */
import { change, value, type Work } from '../statement.ts';

const SQL = {
  until: value<string>(`SELECT value FROM about WHERE name = 'backfilled until'`),
  setUntil: change(`INSERT INTO about (name, value) VALUES ('backfilled until', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`),
};

/** In Stripe's seconds; undefined before the first time. */
export function* backfilledUntil(): Work<number | undefined> {
  const until = yield* SQL.until();
  return until === undefined ? undefined : Number(until);
}

export function* setBackfilledUntil(until: number): Work<void> {
  yield* SQL.setUntil(String(until));
}
