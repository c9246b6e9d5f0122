/** Whose fault it is that work in the cache threw. */
import { expect, test } from 'vitest';
import { isOfWork } from '../../../../core/cache/fault.ts';
import { DevchatError } from '../../../../core/errors.ts';

const coded = (code: string) => Object.assign(new Error('no'), { code });

test.each([new Error('no further'), new TypeError('it is not a whole invoice'), new RangeError('Invalid time value'), new DevchatError('conflict', 'taken'), ...['SQLITE_CONSTRAINT_DATATYPE', 'SQLITE_TOOBIG', '22003', '22P02', '23502', '54000', 'ERR_INVALID_ARG_TYPE'].map(coded)])('of the work: %o', (error) => {
  expect(isOfWork(error)).toBe(true);
});

test.each([new DevchatError('unreachable', 'is locked'), new SyntaxError('Unexpected end of JSON input'), ...['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_CORRUPT', 'SQLITE_NOMEM', 'SQLITE_ERROR', '40001', '53100', '57P01', 'XX001', '42P01', 'ECONNRESET'].map(coded)])('of the store: %o', (error) => {
  expect(isOfWork(error)).toBe(false);
});
