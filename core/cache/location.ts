/** Where a cache lies: the path of a file, or the address of a PostgreSQL database. */

const PASSWORD_PARAMETERS = ['password', 'sslpassword'];
const MASK = '***';

export function isPostgres(location: string): boolean {
  return /^postgres(ql)?:\/\//.test(location);
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
