/** Ends the session of this browser. */
import { asSentence } from '../../lib/sentences.ts';
import { useSignOut } from './sign-in.ts';

export function SignOutButton() {
  const { mutate, isPending, error } = useSignOut();
  return (
    <>
      {error && <span role="alert">Not signed out: {asSentence(error.message)}</span>}
      <button type="button" className="button quiet" disabled={isPending} onClick={() => mutate()}>
        Sign out
      </button>
    </>
  );
}
