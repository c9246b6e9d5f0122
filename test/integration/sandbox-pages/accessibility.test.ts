/** No hosted page has an accessibility violation, and none is wider than a phone. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CARDS, closeBrowser, fillCheckout, hasBrowser, openShop, openVisitor, type Shop } from './open-shop.ts';

describe.skipIf(!hasBrowser)('accessibility', () => {
  let shop: Shop;
  let links: Links;
  beforeAll(async () => {
    shop = await openShop();
    links = await pastDue(shop);
  });
  afterAll(async () => {
    await closeBrowser();
    await shop.close();
  });

  const PAGES: Record<string, () => string | Promise<string>> = {
    'the Checkout page': async () => (await shop.checkout()).url ?? '',
    'a page that is not there': () => `${shop.url}/c/pay/cs_test_nobody`,
    'the portal': () => links.portal,
    'the cancellation page': () => links.cancellation,
    'the page of the cards': () => `${links.portal}/payment-methods`,
    'the page of the billing information': () => `${links.portal}/customer`,
    'an open invoice': () => links.invoice,
  };

  test.each(Object.keys(PAGES))('%s is accessible, and fits a phone', async (name) => {
    const { page, close } = await openVisitor();
    await page.goto((await PAGES[name]?.()) ?? '');
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.setViewportSize({ width: 390, height: 900 });
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    await close();
  });

  test('the errors of a form are accessible', async () => {
    const { page, close } = await openVisitor();
    await page.goto((await shop.checkout()).url ?? '');
    await fillCheckout(page, CARDS.refused);
    await page.locator('#billingName').fill('');
    await page.getByTestId('hosted-payment-submit-button').click();
    await page.getByRole('alert').first().waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await close();
  });

  test('the question why is accessible', async () => {
    const { page, close } = await openVisitor();
    await page.goto((await pastDue(shop)).cancellation);
    await page.getByTestId('confirm').click();
    await page.getByTestId('cancellation_reason_cancel').waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await close();
  });
});

interface Links {
  portal: string;
  cancellation: string;
  invoice: string;
}

/** A customer whose card failed, with every feature of the portal. */
async function pastDue(shop: Shop): Promise<Links> {
  const { customer, subscription } = await shop.subscriber('pm_card_chargeCustomerFail');
  const updated = await shop.stripe.subscriptions.update(subscription, { trial_end: 'now', expand: ['latest_invoice'] });
  const invoice = updated.latest_invoice;
  const cancellation_reason = { enabled: true, options: ['too_expensive' as const, 'other' as const] };
  const portal = await shop.portal(customer, {
    customer_update: { enabled: true, allowed_updates: ['name', 'email', 'phone', 'address'] },
    invoice_history: { enabled: true },
    payment_method_update: { enabled: true },
    subscription_cancel: { enabled: true, mode: 'immediately', cancellation_reason },
  });
  const url = typeof invoice === 'object' && invoice !== null ? invoice.hosted_invoice_url : null;
  return { portal, cancellation: `${portal}/subscriptions/${subscription}/cancel`, invoice: url ?? '' };
}
