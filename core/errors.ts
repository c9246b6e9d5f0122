/** The few ways in which devchat gives up, each named by what has to happen next. */

/**
 * What has to happen next:
 * - `usage`: the caller calls again, differently
 * - `not-configured`: somebody sets what is missing
 * - `key-refused`: somebody uses another Stripe key
 * - `unreachable`: try again later; Stripe or the store did not answer
 * - `not-found`: nothing; the one thing that was named does not exist
 * - `conflict`: nothing; it is already so, or another one is in the way
 * - `failed`: somebody looks into it
 */
export const ERROR_KINDS = [
  'usage',
  'not-configured',
  'key-refused',
  'unreachable',
  'not-found',
  'conflict',
  'failed',
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

/** An error that a person will read: what happened, to what, and (as `hint`) the command or setting that mends it. */
export class DevchatError extends Error {
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DevchatError';
    this.kind = kind;
    this.hint = hint;
  }
}

/** One of the things that are wrong at once. `line` is where it stands, for those that stand in a file. */
export interface Problem {
  message: string;
  hint?: string | undefined;
  line?: number | undefined;
}

/** Everything that is wrong with what somebody wrote, at once: those of no file first, then line by line. */
export class BadInput extends DevchatError {
  readonly problems: readonly Problem[];

  constructor(kind: ErrorKind, problems: readonly Problem[]) {
    const sorted = problems.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0));
    const hints = sorted.flatMap(({ hint }) => hint ?? []);
    super(kind, sorted.map(({ message }) => message).join('; '), [...new Set(hints)].join('; ') || undefined);
    this.problems = sorted;
  }
}
