/** The way to Stripe's Customer Portal: cards, invoices, cancellation. */
import { PostButton } from '../../ui/post-button.tsx';

/** `quiet` where something else on the page is more urgent. */
export function ManageSubscriptionButton({ quiet }: { quiet: boolean }) {
  return <PostButton action="/users/portal" id="manage-subscription" label="Manage subscription" quiet={quiet} />;
}

export function PastInvoicesButton() {
  return <PostButton action="/users/portal" label="Past invoices" quiet />;
}

export function UpdateCardButton() {
  return <PostButton action="/users/portal" label="Update your card" />;
}
