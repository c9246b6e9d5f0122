/** What a visitor does in the browser, in the visitor's words. */
import { randomUUID } from 'node:crypto';
import { expect, type Page } from '@playwright/test';

export const CARDS = {
  good: '4242424242424242',
  /** Can be saved; every charge fails. */
  dead: '4000000000000341',
  /** The bank asks its holder to confirm every payment. */
  asking: '4000002760003184',
} as const;

/** Signs up as somebody new, and stands on the dashboard afterwards. */
export async function signUp(page: Page, email = `pair-${randomUUID()}@example.com`): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(page).toHaveURL(/\/dashboard$/);
}

/** Subscribes through Checkout with a card; resolves with the subscription's id, read from the dashboard. */
export async function subscribe(page: Page, card: string): Promise<string> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Subscribe' }).click();
  await expect(page).toHaveURL(/\/c\/pay\/cs_/);
  await fillCheckout(page, card);
  await page.getByTestId('hosted-payment-submit-button').click();
  if (card === CARDS.asking) await confirmAtBank(page);
  await expect(page).toHaveURL(/\/dashboard/);
  await expect(page.locator('#subscription-status')).toHaveText('trialing');
  return (await page.locator('[data-subscription-id]').getAttribute('data-subscription-id')) ?? '';
}

async function fillCheckout(page: Page, card: string): Promise<void> {
  await page.locator('#cardNumber').pressSequentially(card);
  await page.locator('#cardExpiry').pressSequentially('1234');
  await page.locator('#cardCvc').pressSequentially('123');
  await page.locator('#billingName').fill('Ada Lovelace');
  await page.locator('#billingCountry').selectOption('US');
  await page.locator('#billingPostalCode').fill('94107');
}

async function confirmAtBank(page: Page): Promise<void> {
  await page.locator('#test-source-authorize-3ds').click();
}

/** Pays the open invoice of the portal's first page with the card on file, and confirms that at the bank. */
export async function confirmOpenInvoice(page: Page): Promise<void> {
  await page.getByRole('row', { name: 'Open' }).getByRole('link').first().click();
  await page.getByRole('radio', { name: /3184/ }).check();
  await page.getByTestId('hosted-payment-submit-button').click();
  await confirmAtBank(page);
  await expect(page.getByTestId('invoice-status')).toContainText('Paid');
}

/** Goes from the dashboard to the Customer Portal. */
export async function openPortal(page: Page): Promise<void> {
  await page.locator('#manage-subscription').click();
  await expect(page).toHaveURL(/\/p\/session\//);
}

/** Goes from the dashboard's banner straight to the card, enters another, and is led back. */
export async function replaceCard(page: Page, card: string): Promise<void> {
  await page.getByRole('button', { name: 'Update your card' }).click();
  await expect(page).toHaveURL(/\/p\/session\/.*\/payment-methods$/);
  const fields = page.frameLocator('iframe[title="Secure payment input frame"]');
  await fields.locator('#number').pressSequentially(card);
  await fields.locator('#expiry').pressSequentially('1234');
  await fields.locator('#cvc').pressSequentially('123');
  await page.getByTestId('confirm').click();
  await expect(page).toHaveURL(/\/dashboard$/);
}

/** Cancels on the portal, and stays there. */
export async function cancelInPortal(page: Page): Promise<void> {
  await page.locator('[data-test="cancel-subscription"]').click();
  await page.getByTestId('confirm').click();
  await expect(page.getByText('Your subscription has been canceled')).toBeVisible();
}
