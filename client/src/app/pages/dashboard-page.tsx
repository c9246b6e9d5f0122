/** `/dashboard`: the cached state of the subscription, kept up to date by the live stream. */
import { type ReactNode, useEffect } from 'react';
import { Redirect, useLocation, useSearchParams } from 'wouter';
import type { UserView } from '../../../../daemon/contract.ts';
import { CHECKOUT_SESSION_PARAMETER, useMe } from '../../features/account/get-me.ts';
import { useLiveMe } from '../../features/account/live-me.ts';
import { Offer, SubscribeButton } from '../../features/offerings/offer.tsx';
import { ConfirmPaymentButton, ManageSubscriptionButton, PastInvoicesButton, UpdateCardButton } from '../../features/portal/portal-button.tsx';
import { EndedNotice, NeverStartedNotice } from '../../features/subscription/ended-notice.tsx';
import { PaymentBanner } from '../../features/subscription/payment-banner.tsx';
import { SessionPanel } from '../../features/subscription/session-panel.tsx';
import { SubscriptionPanel } from '../../features/subscription/subscription-panel.tsx';
import { type DashboardState, dashboardState } from '../../lib/dashboard-state.ts';
import { QueryView } from '../../ui/query-view.tsx';

export function DashboardPage() {
  return (
    <>
      <title>Dashboard · /dev/chat</title>
      <h1>Dashboard</h1>
      <QueryView
        query={useMeAfterCheckout()}
        what="your subscription"
        empty={{ when: (user) => user === null, show: <Redirect to="/login" replace /> }}
      >
        {(user) => user && <Dashboard user={user} />}
      </QueryView>
    </>
  );
}

/** Once the daemon knows the Checkout Session that the visitor came back from, its id leaves the address. */
function useMeAfterCheckout() {
  const me = useMe();
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const isStored = Boolean(me.data) && search.has(CHECKOUT_SESSION_PARAMETER);
  useEffect(() => {
    if (isStored) navigate('/dashboard', { replace: true });
  }, [isStored, navigate]);
  return me;
}

function Dashboard({ user }: { user: UserView }) {
  const { lost } = useLiveMe();
  const state = dashboardState(user);
  return (
    <>
      {lost && <p role="status" className="hint">Live updates are interrupted; reconnecting. What you see may be out of date.</p>}
      <SubscriptionState state={state}>
        <SessionPanel user={user} isProblemTold={state.kind === 'subscribed' && state.paymentProblem !== null} />
      </SubscriptionState>
    </>
  );
}

/** `children` is the session, which stands right after what the subscription has to say. */
function SubscriptionState({ state, children }: { state: DashboardState; children: ReactNode }) {
  if (state.kind !== 'subscribed') return <NotSubscribed state={state}>{children}</NotSubscribed>;
  const { subscription, paymentProblem, milestone } = state;
  return (
    <>
      {paymentProblem && (
        <PaymentBanner problem={paymentProblem}>
          {paymentProblem.failedPayment?.needsConfirmation ? <ConfirmPaymentButton /> : <UpdateCardButton />}
        </PaymentBanner>
      )}
      {children}
      <SubscriptionPanel subscription={subscription} milestone={milestone}>
        <ManageSubscriptionButton quiet={paymentProblem !== null} />
      </SubscriptionPanel>
    </>
  );
}

function NotSubscribed({ state, children }: { state: Exclude<DashboardState, { kind: 'subscribed' }>; children: ReactNode }) {
  return (
    <>
      {state.kind === 'ended' && (
        <EndedNotice endedAt={state.endedAt}>
          <PastInvoicesButton />
        </EndedNotice>
      )}
      {state.kind === 'never-started' && <NeverStartedNotice />}
      {children}
      <Offer>
        <SubscribeButton label={state.kind === 'no-subscription' ? 'Subscribe' : 'Subscribe again'} />
      </Offer>
    </>
  );
}
