/** Whose fault it is that work in the cache threw: its own, or the store's, which may go well when it is tried again. */
import { DevchatError } from '../errors.ts';

/** What SQLite, PostgreSQL (by SQLSTATE) and Node answer where they refuse a value, not the work as such. */
const OF_ONE_VALUE = /^(SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)|22|23|54|ERR_)/;

/** Whether the work itself failed. What is stored and is no JSON any more is damage, and what a store refuses by another code is its own trouble. */
export function isOfWork(error: unknown): boolean {
  if (error instanceof SyntaxError) return false;
  if (error instanceof DevchatError) return error.kind !== 'unreachable';
  const { code } = error as { code?: string };
  return code === undefined || OF_ONE_VALUE.test(code);
}
