/** Where a cache lies: the path of a file, or the address of a PostgreSQL database. */
import { DevchatError } from '../errors.ts';

const PASSWORD_PARAMETERS = ['password', 'sslpassword'];
const MASK = '***';

export function isPostgres(location: string): boolean {
  return /^postgres(ql)?:\/\//.test(location);
}

/** Whether it is an address of anything; no file lies under a folder of such a name. */
export function isAddress(location: string): boolean {
  return /^[a-z][a-z\d+.-]+:\/\//i.test(location);
}

/** There is none, and none is to be made. `shown` is the location as it may be seen. */
export function noCacheAt(shown: string): DevchatError {
  return new DevchatError('not-found', `there is no cache ${shown}`, 'devchat cache path says which is in use');
}

/** The location as it may be seen by everybody: without the password of an address. */
export function shownLocation(location: string): string {
  if (!isPostgres(location)) return location;
  if (!URL.canParse(location)) return location.replace(/^(\w+:\/\/[^:@/?#]*):.*@/s, `$1:${MASK}@`).replace(/password=[^&]*/g, `password=${MASK}`);
  const url = new URL(location);
  if (url.password) url.password = MASK;
  for (const name of PASSWORD_PARAMETERS) if (url.searchParams.has(name)) url.searchParams.set(name, MASK);
  return url.href;
}
