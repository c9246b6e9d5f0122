/** The offer: what the monthly package is, what it costs, and (as `children`) the way to it. */
import type { ReactNode } from 'react';
import type { Offering } from '../../../../daemon/contract.ts';
import { priceText } from '../../lib/format.ts';
import { PostButton } from '../../ui/post-button.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { useOfferings } from './get-offerings.ts';

export function Offer({ children }: { children: ReactNode }) {
  return (
    <QueryView
      query={useOfferings()}
      what="the offer"
      empty={{ when: (offerings) => offerings.length === 0, show: <p>Nothing is on offer right now. Please come back later.</p> }}
    >
      {(offerings) => offerings.map((offering) => <OfferPanel key={offering.id} offering={offering} action={children} />)}
    </QueryView>
  );
}

/** Leads to Stripe's Checkout; only for who is signed in. */
export function SubscribeButton({ label }: { label: string }) {
  return <PostButton action="/offerings/paircode" label={label} />;
}

function OfferPanel({ offering, action }: { offering: Offering; action: ReactNode }) {
  const { name, price, interval, trialDays } = offering;
  return (
    <section className="panel stack" data-monthly-price-id={price}>
      <h2>{name}</h2>
      <p id="monthly-subscription" className="price">
        {priceText(offering)}
      </p>
      <ul>
        {trialDays > 0 && <li>{trialDays} days free</li>}
        <li>One session a {interval}</li>
        <li>Cancel whenever you like</li>
      </ul>
      {action}
    </section>
  );
}
