/** What stands around every page: the name, the ways, who is signed in. */
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { useMe } from '../features/account/get-me.ts';
import { SignOutButton } from '../features/account/sign-out-button.tsx';

export function Frame({ children }: { children: ReactNode }) {
  const main = useFocusOnNavigation();
  return (
    <>
      <header>
        <Link href="/" className="brand">
          /dev/chat
        </Link>
        <Navigation />
      </header>
      <main ref={main} tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function Navigation() {
  const { data: user } = useMe();
  if (user === undefined) return null;
  return (
    <nav aria-label="Account" className="row">
      {user ? (
        <>
          <span className="email" title={user.email}>
            {user.email}
          </span>
          <Link href="/dashboard">Dashboard</Link>
          <SignOutButton />
        </>
      ) : (
        <Link href="/login">Sign in</Link>
      )}
    </nav>
  );
}

/** Takes keyboard and screen reader along to the new page, as a page load would. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null);
  const [location] = useLocation();
  const shown = useRef(location);
  useEffect(() => {
    if (shown.current === location) return;
    shown.current = location;
    main.current?.focus();
  }, [location]);
  return main;
}
