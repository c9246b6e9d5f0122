/** Says that there is no subscription any more. */
import type { ReactNode } from 'react';
import { formatDay } from '../../lib/format.ts';

/** `children` is the way to what stays, such as past invoices. */
export function EndedNotice({ endedAt, children }: { endedAt: string | null; children: ReactNode }) {
  return (
    <section className="panel stack">
      <h2>Subscription</h2>
      <p id="subscription-ended">you have ended your /dev/chat subscription</p>
      {endedAt && <p>It ended on {formatDay(endedAt)}. You can come back whenever you like.</p>}
      {children}
    </section>
  );
}

/** For a subscription whose first payment never came. */
export function NeverStartedNotice() {
  return (
    <section className="panel stack">
      <h2>Subscription</h2>
      <p>The first payment did not go through, so your subscription never started. Nothing was charged.</p>
    </section>
  );
}
