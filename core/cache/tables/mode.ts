/** The mode that a cache belongs to, from the first key on that it was used with. */
import { DevchatError } from '../../errors.ts';
import type { Mode } from '../../mode.ts';
import { change, value, type Work } from '../statement.ts';

const SQL = {
  owner: value<string>(`SELECT value FROM about WHERE name = 'mode'`),
  own: change(`INSERT INTO about (name, value) VALUES ('mode', ?)`),
};

export function owner(): Work<string | undefined> {
  return SQL.owner();
}

/** Throws `key-refused` where the cache at `location` belongs to the other mode. */
export function* keep(mode: Mode, location: string): Work<void> {
  const known = yield* SQL.owner();
  if (known === undefined) yield* SQL.own(mode);
  else if (known !== mode) throw new DevchatError('key-refused', `the cache ${location} belongs to ${known} mode, and the key is a ${mode} key`, 'use a key of that mode, or set DEVCHAT_CACHE to another');
}
