import { describe, expect, test } from 'vitest';
import { checkoutPage, type CheckoutView } from '../../../../sandbox/pages/checkout/view.ts';
import { invoicePage, type InvoiceView } from '../../../../sandbox/pages/invoice/view.ts';
import { leavePage } from '../../../../sandbox/pages/layout.ts';
import { cancelPage, reasonPage } from '../../../../sandbox/pages/portal/cancel-view.ts';
import { homePage, type HomeView, type SubscriptionView } from '../../../../sandbox/pages/portal/home-view.ts';

const business = { name: '/dev/chat', returnUrl: 'http://127.0.0.1:4242/dashboard' };

describe('the Checkout page', () => {
  const offer = {
    title: 'Try Pair Coding',
    headline: '3 days free',
    detail: 'Then $60.00 per month',
    lines: [{ name: 'Pair Coding', description: null, quantity: null, amount: '3 days free', billing: '$60.00 per month after' }],
    dueToday: '$0.00',
    submitLabel: 'Start trial',
    terms: 'After your trial ends, you will be charged.',
  };
  const view: CheckoutView = { business: '/dev/chat', cancelUrl: 'http://shop/', offer, fixedEmail: null,
    questions: { card: true, email: true, address: false, terms: false },
    payUrl: '/c/pay/cs_test_1',
    promotionUrl: null, values: {}, errors: {} };

  test.each([
    'class="PaymentForm-form"',
    'id="email"',
    'id="cardNumber" name="cardNumber"',
    'id="cardExpiry" name="cardExpiry"',
    'id="cardCvc" name="cardCvc"',
    'id="billingName" name="billingName"',
    'id="billingCountry" name="billingCountry"',
    'id="billingPostalCode" name="billingPostalCode"',
    'placeholder="1234 1234 1234 1234"',
    'placeholder="MM / YY"',
    'placeholder="CVC"',
    'placeholder="Full name on card"',
    'autocomplete="cc-number"',
    'autocomplete="cc-exp"',
    'autocomplete="cc-csc"',
    'autocomplete="cc-name"',
    'data-testid="hosted-payment-submit-button"',
    'data-testid="card-accordion-item-button"',
    'SubmitButton SubmitButton--incomplete',
    'data-testid="business-link"',
  ])('carries %s, which browser tests look for', (text) => {
    expect(checkoutPage(view)).toContain(text);
  });

  test('has no link back without a cancel_url', () => {
    expect(checkoutPage({ ...view, cancelUrl: null })).not.toContain('business-link');
  });

  test('does not let a known address be changed', () => {
    expect(checkoutPage({ ...view, fixedEmail: 'ada@example.com' })).toMatch(/id="email"[^>]*value="ada@example\.com"[^>]*readonly/);
    expect(checkoutPage(view)).not.toContain('readonly');
  });

  test('ties an error to its field', () => {
    const page = checkoutPage({ ...view, errors: { cardNumber: 'Your card was declined.' } });
    expect(page).toMatch(/id="cardNumber"[^>]*aria-invalid="true" aria-describedby="cardNumber-error"/);
    expect(page).toContain('<p class="FieldError" id="cardNumber-error" role="alert">Your card was declined.</p>');
  });

  test('writes what was typed back as text', () => {
    expect(checkoutPage({ ...view, values: { billingName: '"><script>' } })).toContain('value="&quot;&gt;&lt;script&gt;"');
  });
});

describe("the portal's first page", () => {
  const subscription: SubscriptionView = {
    id: 'sub_1',
    product: 'Pair Coding',
    price: '$60.00 per month',
    badge: { label: 'Active', tone: 'good' },
    state: 'Your plan renews on December 5, 2026.',
    problem: null,
    cancelUrl: '/p/session/test_1/subscriptions/sub_1/cancel',
    updateUrl: null,
    pauseUrl: null,
    resumeUrl: null,
    keepUrl: null,
  };
  const view: HomeView = { business, done: null, subscriptions: [subscription], paymentMethods: null, billingInformation: null, invoices: null };

  test('shows only what it is given', () => {
    const page = homePage(view);
    expect(headings(page)).toEqual(['Current subscription']);
    expect(page).toMatch(/<a [^>]*href="\/p\/session\/test_1\/subscriptions\/sub_1\/cancel" data-test="cancel-subscription" data-testid="cancel-subscription"/);
    expect(page).toContain('data-testid="return-to-business-link"');
    expect(page).toContain('data-testid="page-container-main"');
  });

  test('shows everything in Stripe’s order', () => {
    const paymentMethods = { cards: [{ id: 'pm_1', label: 'Visa •••• 4242', expires: '12/2034', isDefault: true, removeUrl: null }], updateUrl: '/cards' };
    const billingInformation = { rows: [{ label: 'Email', value: 'ada@example.com' }], updateUrl: null };
    const page = homePage({ ...view, paymentMethods, billingInformation, invoices: { rows: [], olderUrl: null, newestUrl: null } });
    expect(headings(page)).toEqual(['Current subscription', 'Payment method', 'Billing information', 'Invoice history']);
    expect(page).toContain('Update payment method');
    expect(page).not.toContain('Update information');
    expect(page).toContain('No invoices yet.');
  });

  test('asks for a card where there is none', () => {
    expect(homePage({ ...view, paymentMethods: { cards: [], updateUrl: '/cards' } })).toContain('Add payment method');
  });

  test('has no cancel link for what cannot be cancelled, and a way back from a scheduled end', () => {
    const page = homePage({ ...view, subscriptions: [{ ...subscription, cancelUrl: null, keepUrl: '/keep' }] });
    expect(page).not.toContain('cancel-subscription');
    expect(page).toContain('<form method="post" action="/keep">');
  });

  test('names the invoice that can be paid', () => {
    const row = { date: 'Dec 5, 2026', number: 'A-0002', amount: '$60.00', url: '/i/in_2', receiptUrl: null };
    const open = { ...row, status: { label: 'Open', tone: 'warning' as const }, isPayable: true };
    const paid = { ...row, number: 'A-0001', status: { label: 'Paid', tone: 'good' as const }, isPayable: false };
    const page = homePage({ ...view, invoices: { rows: [open, paid], olderUrl: null, newestUrl: null } });
    expect(page).toContain('aria-label="Pay invoice A-0002 of Dec 5, 2026"');
    expect(page).toContain('aria-label="View invoice A-0001 of Dec 5, 2026"');
  });

  test('has no way back without a return_url', () => {
    expect(homePage({ ...view, business: { ...business, returnUrl: null } })).not.toContain('return-to-business-link');
  });
});

describe('the pages of a cancellation', () => {
  test('a deep link has no way back into the portal', () => {
    const view = { business, product: 'Pair Coding', price: '$60.00 per month', meaning: 'It ends at once.', credit: null };
    expect(cancelPage({ ...view, goBackUrl: '/p/session/test_1' })).toContain('Keep subscription');
    expect(cancelPage({ ...view, goBackUrl: null })).not.toContain('Keep subscription');
    expect(cancelPage({ ...view, goBackUrl: null })).toContain('data-test="confirm" data-testid="confirm"');
  });

  test('only "other" asks for a comment', () => {
    const view = { business, done: 'Your subscription has been canceled.' };
    expect(reasonPage({ ...view, reasons: ['too_expensive'] })).not.toContain('name="comment"');
    expect(reasonPage({ ...view, reasons: ['too_expensive', 'other'] })).toContain('name="comment"');
    expect(reasonPage({ ...view, reasons: ['too_expensive'] })).toContain('data-test="cancel-reason-opt-too_expensive"');
  });
});

describe('the invoice page', () => {
  const view: InvoiceView = {
    business: '/dev/chat',
    number: 'A-0001',
    amount: '$60.00',
    state: 'Paid on December 5, 2026',
    tone: 'good',
    billedTo: 'ada@example.com',
    date: 'December 5, 2026',
    lines: [{ description: 'Pair Coding', quantity: '1', amount: '$60.00' }],
    totals: [{ label: 'Total', amount: '$60.00' }],
    payment: null,
    receiptUrl: null,
  };

  test('takes no money for a paid invoice', () => {
    expect(invoicePage(view)).not.toContain('<form');
  });

  test('offers the card on file beside a new one', () => {
    const payment = { savedCard: 'Visa •••• 0341', submitLabel: 'Pay $60.00', values: {}, errors: {} };
    expect(invoicePage({ ...view, payment })).toContain('value="saved"');
    expect(invoicePage({ ...view, payment: { ...payment, savedCard: null } })).not.toContain('type="radio"');
  });
});

test('the page between the sandbox and the shop goes on by itself', () => {
  expect(leavePage('Thank you', 'http://shop/?a=1&b=2', 'Shop')).toContain('<meta http-equiv="refresh" content="0;url=http://shop/?a=1&amp;b=2">');
});

function headings(page: string): string[] {
  return [...page.matchAll(/<h2[^>]*>([^<]*)<\/h2>/g)].map((match) => match[1] ?? '');
}
