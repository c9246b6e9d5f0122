/** A bank wants its customer's word for every payment: the customer is told so, and led to where it can be given. */
import { expect, test } from '../support/application.ts';
import { CARDS, confirmOpenInvoice, signUp, subscribe } from '../support/visitor.ts';

test('a payment that waits for the bank is confirmed at Stripe, and the dashboard heals', async ({ page, application }) => {
  await signUp(page);
  const subscription = await subscribe(page, CARDS.asking);
  await application.stripe.subscriptions.update(subscription, { trial_end: 'now' });

  const banner = page.locator('#payment-failed');
  await expect(banner).toContainText('your bank asks you to confirm it');
  await expect(banner.getByRole('button')).toHaveText(['Confirm the payment']);
  const dashboard = page.url();

  await banner.getByRole('button').click();
  await confirmOpenInvoice(page);
  await page.goto(dashboard);
  await expect(page.locator('#standing')).toHaveAttribute('data-verdict', 'on');
  await expect(page.locator('#subscription-status')).toHaveText('active');
  await expect(banner).toBeHidden();
});
