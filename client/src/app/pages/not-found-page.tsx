/** Any other address. */
import { Link } from 'wouter';

export function NotFoundPage() {
  return (
    <>
      <title>Not found · /dev/chat</title>
      <h1>No such page</h1>
      <p>
        There is nothing at this address. The offer is at <Link href="/">/</Link>, your subscription at{' '}
        <Link href="/dashboard">/dashboard</Link>.
      </p>
    </>
  );
}
