/** The form for e-mail and password, with both ways in. */
import { type SyntheticEvent, useEffect, useRef } from 'react';
import { ApiError } from '../../lib/api.ts';
import { ErrorText } from '../../ui/error-text.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { type Credentials, useSignIn, type WayIn } from './sign-in.ts';

export function SignInForm() {
  const { mutate, isPending, error } = useSignIn();
  const form = useFocusOnError(error);
  const fields = error instanceof ApiError ? error.fields : {};

  function submit(event: SyntheticEvent<HTMLFormElement, SubmitEvent>) {
    event.preventDefault();
    const button = event.nativeEvent.submitter as HTMLButtonElement | null;
    const credentials = Object.fromEntries(new FormData(event.currentTarget)) as unknown as Credentials;
    mutate({ way: (button?.value ?? 'sign-in') as WayIn, credentials });
  }

  return (
    <form ref={form} className="panel stack" method="post" action="/login" noValidate onSubmit={submit}>
      {error && !fields.email && !fields.password && (
        <div role="alert" className="form-error">
          <ErrorText error={error} />
        </div>
      )}
      <TextField label="Email" name="email" type="email" autoComplete="username" required error={fields.email} />
      <TextField label="Password" name="password" type="password" autoComplete="current-password" required error={fields.password} />
      <div className="row">
        <button className="button" value="sign-in" disabled={isPending}>
          Sign in
        </button>
        <button className="button quiet" value="sign-up" disabled={isPending}>
          Sign up
        </button>
      </div>
    </form>
  );
}

function useFocusOnError(error: Error | null) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLInputElement>('[aria-invalid]')?.focus();
  }, [error]);
  return form;
}
