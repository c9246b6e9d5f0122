/** The Checkout page: what is bought on one side, the payment form on the other. */
import { cardFields, countryField, submitButton, textField, type FieldErrors, type FieldValues } from '../fields.ts';
import { html, type Html } from '../html.ts';
import { backLink, businessMark, splitPage } from '../layout.ts';

export interface CheckoutView {
  business: string;
  /** The session's cancel_url: the way back without buying. */
  cancelUrl: string | null;
  offer: Offer;
  /** Given when the customer's address is known and so cannot be changed here. */
  fixedEmail: string | null;
  values: FieldValues;
  errors: FieldErrors;
}

export interface Offer {
  /** `Try Pair Coding`. */
  title: string;
  /** In large letters: `3 days free` or `$60.00`. */
  headline: string;
  /** `Then $60.00 per month` or `per month`. */
  detail: string;
  lines: readonly OfferLine[];
  dueToday: string;
  submitLabel: string;
  /** What will be charged and when. */
  terms: string;
}

export interface OfferLine {
  name: string;
  description: string | null;
  /** `Qty 2`; null for one. */
  quantity: string | null;
  amount: string;
  billing: string | null;
}

export const CARD_IDS = { number: 'cardNumber', expiry: 'cardExpiry', cvc: 'cardCvc' } as const;

export function checkoutPage(view: CheckoutView): string {
  return splitPage({
    title: `${view.offer.title} - ${view.business}`,
    aside: offerSide(view),
    main: html`<form class="PaymentForm-form" method="post" novalidate>
      ${contactSection(view)} ${paymentSection(view)}
      ${submitButton({ label: view.offer.submitLabel, busyLabel: 'Processing…', testId: 'hosted-payment-submit-button' })}
      <p class="Terms">${view.offer.terms}</p>
    </form>`,
    hasForm: true,
  });
}

function offerSide({ business, cancelUrl, offer }: CheckoutView): Html {
  return html`
    ${cancelUrl !== null && backLink(cancelUrl, `Back to ${business}`, 'business-link')}
    ${businessMark(business)}
    <h1 class="Offer">
      <span class="Offer-title">${offer.title}</span>
      <span class="Offer-headline">${offer.headline}</span>
      <span class="Offer-detail">${offer.detail}</span>
    </h1>
    <ul class="Lines">${offer.lines.map(offerLine)}</ul>
    <dl class="Totals"><div><dt>Total due today</dt><dd>${offer.dueToday}</dd></div></dl>`;
}

function offerLine(line: OfferLine): Html {
  return html`<li class="Lines-item">
    <div><p class="Lines-name">${line.name}</p>
      ${[line.description, line.quantity].map((text) => text !== null && html`<p class="Lines-note">${text}</p>`)}</div>
    <div class="Lines-amount"><p>${line.amount}</p>${line.billing !== null && html`<p class="Lines-note">${line.billing}</p>`}</div>
  </li>`;
}

function contactSection({ fixedEmail, values, errors }: CheckoutView): Html {
  const email = { id: 'email', label: 'Email', type: 'email', autocomplete: 'email', placeholder: 'email@example.com' };
  return html`<section aria-labelledby="contact-heading">
    <h2 id="contact-heading">Contact information</h2>
    ${textField({ ...email, value: fixedEmail ?? values.email, readonly: fixedEmail !== null }, errors)}
  </section>`;
}

function paymentSection({ values, errors }: CheckoutView): Html {
  return html`<section aria-labelledby="payment-heading">
    <h2 id="payment-heading">Payment method</h2>
    <label class="Method" data-testid="card-accordion-item-button">
      <input type="radio" name="method" value="card" checked id="payment-method-accordion-item-title-card">
      <span id="payment-method-label-card">Card</span>
    </label>
    ${cardFields(CARD_IDS, values, errors)}
    ${textField({ id: 'billingName', label: 'Cardholder name', autocomplete: 'cc-name', placeholder: 'Full name on card', value: values.billingName }, errors)}
    ${countryField('billingCountry', values.billingCountry ?? '', errors)}
    ${textField({ id: 'billingPostalCode', label: 'Postal code', autocomplete: 'billing postal-code', placeholder: 'ZIP or postal code', value: values.billingPostalCode }, errors)}
  </section>
  ${testCards()}`;
}

const TEST_CARDS = [
  { number: '4242 4242 4242 4242', outcome: 'always pays' },
  { number: '4000 0000 0000 0341', outcome: 'can be saved, then every charge fails' },
  { number: '4000 0000 0000 0002', outcome: 'is declined at once' },
] as const;

function testCards(): Html {
  return html`<details class="TestCards"><summary>Test cards</summary>
    <ul>${TEST_CARDS.map(({ number, outcome }) => html`<li><code>${number}</code> ${outcome}</li>`)}</ul>
    <p>Any expiry in the future, any CVC, any postal code.</p>
  </details>`;
}
