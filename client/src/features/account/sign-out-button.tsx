/** Ends the session of this browser. */
import { useSignOut } from './sign-in.ts';

export function SignOutButton() {
  const { mutate, isPending, error } = useSignOut();
  return (
    <>
      {error && <span role="alert">Not signed out: {error.message}</span>}
      <button type="button" className="button quiet" disabled={isPending} onClick={() => mutate()}>
        Sign out
      </button>
    </>
  );
}
