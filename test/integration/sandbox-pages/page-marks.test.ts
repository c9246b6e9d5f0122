/** What public browser tests look for on Stripe's pages: each mark is on the page where it belongs, in a real browser. */
import { expect as seen, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeBrowser, hasBrowser, openShop, openVisitor, portalCard, type Shop, type Visitor } from './open-shop.ts';

const CHECKOUT = [
  'form.PaymentForm-form',
  ...['email', 'cardNumber', 'cardExpiry', 'cardCvc', 'billingName', 'billingPostalCode'].map((id) => `input#${id}[name="${id}"]`),
  'select#billingCountry[name="billingCountry"]',
  ...['billingAddressLine1', 'billingLocality', 'billingAdministrativeArea'].map((id) => `input#${id}[name="${id}"]`),
  'input#termsOfServiceConsentCheckbox[type="checkbox"]',
  '[data-testid="hosted-payment-submit-button"].SubmitButton.SubmitButton--incomplete',
  '[data-testid="card-accordion-item-button"]',
  '#payment-method-accordion-item-title-card',
  '#payment-method-label-card',
  '[data-testid="business-link"]',
  ...['1234 1234 1234 1234', 'MM / YY', 'CVC', 'Full name on card'].map((text) => `[placeholder="${text}"]`),
  ...['cc-number', 'cc-exp', 'cc-csc', 'cc-name'].map((word) => `[autocomplete="${word}"]`),
];

const PORTAL = [
  'a[data-test="cancel-subscription"][data-testid="cancel-subscription"]',
  '[data-testid="return-to-business-link"]',
  '[data-testid="page-container-main"]',
  '[data-test="update-subscription"]',
  '[data-test="add-payment-method"]',
];
const PLANS = ['[data-testid="pricing-table"]', '[data-testid="pricing-table-card"]', '[data-testid="portal-quantity-editor"]', '[data-testid="continue-button"]'];
const CARDS = ['iframe[title="Secure payment input frame"]', '#radio-add', '[data-testid="confirm"][data-test="confirm"]'];
const REASONS = [
  ...['too_expensive', 'unused', 'other'].map((reason) => `input[type="radio"][data-test="cancel-reason-opt-${reason}"]`),
  '[data-testid="cancellation_reason_submit"]',
  '[data-testid="cancellation_reason_cancel"]',
];

describe.skipIf(!hasBrowser)('the marks of the pages', () => {
  let shop: Shop;
  let visitor: Visitor;
  beforeAll(async () => {
    shop = await openShop();
    visitor = await openVisitor();
  });
  afterAll(async () => {
    await closeBrowser();
    await shop.close();
  });

  test('of Checkout', async () => {
    const changes = { billing_address_collection: 'required', consent_collection: { terms_of_service: 'required' } } as const;
    const { url } = await shop.checkout(undefined, changes);
    expect(url).toMatch(/\/c\/pay\/cs_test_\w+#fid/);
    await visitor.page.goto(url ?? '');
    await expectMarks(visitor.page, CHECKOUT);
    // A box of Link would have to be unchecked before each payment.
    await seen(visitor.page.locator('#enableStripePass')).toHaveCount(0);
    const state = visitor.page.locator('#billingAdministrativeArea');
    await visitor.page.locator('#billingCountry').selectOption('DE');
    await seen(state).toBeHidden();
    await visitor.page.locator('#billingCountry').selectOption('CA');
    await seen(state).toBeVisible();
    await expectTexts(visitor.page, [
      '3 days free',
      'Then $60.00 per month',
      'Start trial',
      /After your trial ends, you will be charged \$60\.00 per month starting \w+ \d+, \d{4}\. You can always cancel before then\./,
    ]);
  });

  test('of the portal', async () => {
    const { page } = visitor;
    const { customer, subscription } = await shop.subscriber();
    const { product } = await shop.stripe.prices.retrieve(shop.price);
    const cancellation_reason = { enabled: true, options: ['too_expensive' as const, 'unused' as const, 'other' as const] };
    const portal = await shop.portal(customer, {
      customer_update: { enabled: true, allowed_updates: ['email'] },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: { enabled: true, mode: 'immediately', cancellation_reason },
      subscription_update: { enabled: true, default_allowed_updates: ['quantity'], products: [{ product: product as string, prices: [shop.price] }] },
    });
    await page.goto(portal);
    await expectMarks(page, PORTAL);
    await expectTexts(page, ['Current subscription', 'Payment method', 'Billing information', 'Invoice history', /^Your plan renews on /]);
    await page.goto(`${portal}/subscriptions/${subscription}/update`);
    await expectMarks(page, PLANS);
    await page.goto(`${portal}/payment-methods`);
    await expectMarks(page, CARDS);
    for (const name of ['number', 'expiry', 'cvc']) await seen(portalCard(page).locator(`input[name="${name}"]`)).toBeVisible();
    await page.goto(`${portal}/subscriptions/${subscription}/cancel`);
    await expectMarks(page, ['[data-testid="confirm"][data-test="confirm"]']);
    await expectTexts(page, ['Cancel your subscription']);
    await page.getByTestId('confirm').click();
    await expectMarks(page, REASONS);
    await expectTexts(page, ['No thanks']);
  });
});

async function expectMarks(page: Page, marks: readonly string[]): Promise<void> {
  for (const mark of marks) await seen(page.locator(mark).first(), mark).toBeVisible();
}

async function expectTexts(page: Page, texts: readonly (string | RegExp)[]): Promise<void> {
  for (const text of texts) await seen(page.getByText(text).first(), String(text)).toBeVisible();
}
