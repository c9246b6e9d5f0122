/** An error as a person reads it: what happened and, where known, what to do. */
import { ApiError } from '../lib/api.ts';

export function ErrorText({ error }: { error: Error }) {
  const hint = error instanceof ApiError ? error.hint : undefined;
  return (
    <p>
      {error.message}
      {hint && ` ${hint}`}
    </p>
  );
}
