/** How each end of a command is told to the shell: docs/exit-codes.md. */
import type { ErrorKind } from '../core/errors.ts';

export const FAILED = 1;
export const INTERRUPTED = 130;

export const EXIT_CODES: Readonly<Record<ErrorKind, number>> = {
  usage: 2,
  'not-configured': 3,
  'key-refused': 4,
  unreachable: 5,
  'not-found': FAILED,
  conflict: FAILED,
  failed: FAILED,
};
