/** `/`: the offer. */
import { Link } from 'wouter';
import { useMe } from '../../features/account/get-me.ts';
import { Offer, SubscribeButton } from '../../features/offerings/offer.tsx';
import { isSubscribed } from '../../lib/dashboard-state.ts';
import { QueryView } from '../../ui/query-view.tsx';

export function HomePage() {
  return (
    <>
      <title>/dev/chat: pair coding by the month</title>
      <h1>Pair coding on /dev/chat</h1>
      <p>Bring the code you are stuck on. We sit down with you, in one editor, until it works and you know why.</p>
      <Offer>
        <WayToSubscribe />
      </Offer>
    </>
  );
}

/** Only who is signed in and has nothing running can subscribe. */
function WayToSubscribe() {
  const signIn = (
    <Link href="/login" className="button">
      Subscribe
    </Link>
  );
  return (
    <QueryView query={useMe()} what="your account" empty={{ when: (user) => user === null, show: signIn }}>
      {(user) => (user && isSubscribed(user) ? <AlreadySubscribed /> : <SubscribeButton label="Subscribe" />)}
    </QueryView>
  );
}

function AlreadySubscribed() {
  return (
    <p>
      You are subscribed: see your <Link href="/dashboard">dashboard</Link>.
    </p>
  );
}
