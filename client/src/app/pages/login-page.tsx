/** `/login`: sign up and sign in; who is signed in already goes on to the dashboard. */
import { Redirect } from 'wouter';
import { useMe } from '../../features/account/get-me.ts';
import { SignInForm } from '../../features/account/sign-in-form.tsx';

export function LoginPage() {
  const { data: user } = useMe();
  if (user) return <Redirect to="/dashboard" replace />;
  return (
    <>
      <title>Sign in · /dev/chat</title>
      <h1>Sign in</h1>
      <p>New here? Choose an e-mail address and a password, then “Sign up”.</p>
      <SignInForm />
    </>
  );
}
