/** What PostgreSQL and the way to it answer when they refuse, in words. */
import { DevchatError } from '../../errors.ts';

const SET_ANOTHER = 'or set DEVCHAT_CACHE to another';
const TRY_AGAIN = 'try again; what was not acknowledged was not kept, or will be found when it comes again';

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html), the system's code, or the driver's words; SyntaxError is a text that is no JSON any more. */
const WORDS: ReadonlyArray<readonly [answer: RegExp, what: string, hint: string]> = [
  [/^28|SASL|\bpassword\b/, 'refuses the user or the password', 'write them as postgres://user:password@host/database in DEVCHAT_CACHE'],
  [/^3D000/, 'is in a database that does not exist', `make it with createdb, ${SET_ANOTHER}`],
  [/^42501/, 'may not be used by this user', 'let the user own the schema devchat, or GRANT CREATE ON DATABASE to it'],
  [/^(XX|58000|58P|SyntaxError)/, 'is damaged, or its server is failing', `look into the log of its server, ${SET_ANOTHER}`],
  [/^25006/, 'can only be read: its server is a standby', 'set DEVCHAT_CACHE to the primary'],
  [/^(53100|58030)/, 'could not be written: the disk is full or failing', 'make room on the disk of its server, then try again'],
  [/^53/, 'takes no more connections', 'raise max_connections of its server, or stop what is connected'],
  [/^(55P03|57014)/, 'is locked', 'another process holds it; stop that process, or try again'],
  [/^(3F000|42P01|42703|0A000: cached plan)/, 'was changed by another program or a newer devchat', `update devchat, ${SET_ANOTHER}`],
  [/^0A000.*ICU/, 'needs a server that was built with ICU', `use such a server, ${SET_ANOTHER}`],
  [/, open '/, 'names a file that cannot be read', 'see that sslrootcert, sslcert and sslkey in DEVCHAT_CACHE are there'],
  [/CERT|SIGNATURE|certificate|SSL|TLS/i, 'cannot be reached safely', 'set sslmode and sslrootcert in DEVCHAT_CACHE as the server wants them'],
  [/^(E[A-Z]+|08|57P|25P|40)|[Cc]onnect|terminated|timeout|not queryable/, 'cannot be reached', `start its server, or see that DEVCHAT_CACHE names it; then ${TRY_AGAIN}`],
];

/** An `unreachable` that says what to do; what PostgreSQL has against one value or statement alone is left as it is. `shown` is the address without its password. */
export function explainPostgresError(shown: string, error: unknown): unknown {
  if (error instanceof DevchatError || !(error instanceof Error)) return error;
  const { code = error instanceof SyntaxError ? error.name : '', message } = error as Error & { code?: string };
  const words = WORDS.find(([answer]) => answer.test(`${code}: ${message}`.replace(/^: /, '')));
  if (!words) return error;
  return new DevchatError('unreachable', `the cache ${shown} ${words[1]} (${code || message})`, words[2], error);
}
