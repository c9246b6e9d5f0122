/** The running subscription: package, Stripe's status word, the date that matters next, and (as `children`) the way to change it. */
import type { ReactNode } from 'react';
import type { SubscriptionView } from '../../../../daemon/contract.ts';
import type { Milestone } from '../../lib/dashboard-state.ts';
import { milestoneSentence, packageSentence } from '../../lib/sentences.ts';

interface SubscriptionPanelProps {
  subscription: SubscriptionView;
  milestone: Milestone | null;
  children: ReactNode;
}

export function SubscriptionPanel({ subscription, milestone, children }: SubscriptionPanelProps) {
  const { id, customer, price, status } = subscription;
  return (
    <section
      className="panel stack"
      data-subscription-id={id}
      data-monthly-price-id={price ?? undefined}
      data-customer-id={customer}
    >
      <h2>Subscription</h2>
      <p id="subscription-type">{packageSentence(subscription)}</p>
      <p>
        Status: <code id="subscription-status">{status}</code>
      </p>
      {milestone && <p>{milestoneSentence(milestone)}</p>}
      {children}
    </section>
  );
}
