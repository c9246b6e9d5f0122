/** The way to Stripe's Customer Portal: cards, invoices, cancellation. */
import { PostButton } from '../../ui/post-button.tsx';

const PORTAL = '/users/portal';

/** `quiet` where something else on the page is more urgent. */
export function ManageSubscriptionButton({ quiet }: { quiet: boolean }) {
  return <PostButton action={PORTAL} id="manage-subscription" label="Manage subscription" quiet={quiet} />;
}

export function PastInvoicesButton() {
  return <PostButton action={PORTAL} label="Past invoices" quiet />;
}

/** Leads straight to the card. */
export function UpdateCardButton() {
  return <PostButton action={PORTAL} fields={{ flow: 'payment_method_update' }} label="Update your card" />;
}

/** Leads to the portal's first page, where the open invoice can be confirmed and another card chosen. */
export function ConfirmPaymentButton() {
  return <PostButton action={PORTAL} label="Confirm the payment" />;
}
