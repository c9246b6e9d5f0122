/** An error as a person reads it: what happened and, where known, what to do. */
import { ApiError } from '../lib/api.ts';
import { asSentence } from '../lib/sentences.ts';

export function ErrorText({ error }: { error: Error }) {
  const hint = error instanceof ApiError ? error.hint : undefined;
  return (
    <p>
      {asSentence(error.message)}
      {hint && ` ${asSentence(hint)}`}
    </p>
  );
}
