/** The Checkout page: what is bought on one side, the payment form on the other. */
import { addressParts } from '../address-fields.ts';
import { cardFields, checkField, countryField, submitButton, textField, type FieldErrors, type FieldValues } from '../fields.ts';
import { html, type Html } from '../html.ts';
import { backLink, businessMark, splitPage } from '../layout.ts';
import { ADDRESS_IDS, CARD_IDS, TERMS_ID, type Questions } from './form.ts';

export interface CheckoutView {
  business: string;
  /** The session's cancel_url: the way back without buying. */
  cancelUrl: string | null;
  offer: Offer;
  /** Given when the customer's address is known and so cannot be changed here. */
  fixedEmail: string | null;
  questions: Questions;
  payUrl: string;
  /** Where a promotion code is sent; null where none is taken. */
  promotionUrl: string | null;
  values: FieldValues;
  errors: FieldErrors;
}

export interface Offer {
  /** `Try Pair Coding`. */
  title: string;
  /** In large letters: `3 days free` or `$60.00`. */
  headline: string | null;
  /** `Then $60.00 per month` or `per month`. */
  detail: string | null;
  lines: readonly OfferLine[];
  /** Null where nothing is sold. */
  dueToday: string | null;
  submitLabel: string;
  /** What will be charged and when. */
  terms: string | null;
}

export interface OfferLine {
  name: string;
  description: string | null;
  /** `Qty 2`; null for one. */
  quantity: string | null;
  amount: string;
  billing: string | null;
}

export function checkoutPage(view: CheckoutView): string {
  return splitPage({
    title: `${view.offer.title} - ${view.business}`,
    aside: offerSide(view),
    main: html`<form class="PaymentForm-form" method="post" action="${view.payUrl}" novalidate>
      ${contactSection(view)} ${view.questions.card && paymentSection(view)}
      ${view.questions.terms && checkField({ id: TERMS_ID, value: 'accepted', label: `I agree to the terms of service of ${view.business}`, required: true, checked: view.values[TERMS_ID] === 'accepted' }, view.errors)}
      ${submitButton({ label: view.offer.submitLabel, busyLabel: 'Processing…', testId: 'hosted-payment-submit-button' })}
      ${view.offer.terms !== null && html`<p class="Terms">${view.offer.terms}</p>`}
    </form>`,
  });
}

function offerSide(view: CheckoutView): Html {
  const { business, cancelUrl, offer } = view;
  return html`
    ${cancelUrl !== null && backLink(cancelUrl, `Back to ${business}`, 'business-link')}
    ${businessMark(business)}
    <h1 class="Offer">
      <span class="Offer-title">${offer.title}</span>
      ${offer.headline !== null && html`<span class="Offer-headline">${offer.headline}</span>`}
      ${offer.detail !== null && html`<span class="Offer-detail">${offer.detail}</span>`}
    </h1>
    <ul class="Lines">${offer.lines.map(offerLine)}</ul>
    ${promotionForm(view)}
    ${offer.dueToday !== null && html`<dl class="Totals"><div><dt>Total due today</dt><dd>${offer.dueToday}</dd></div></dl>`}`;
}

function promotionForm({ promotionUrl, values, errors }: CheckoutView): Html | false {
  return promotionUrl !== null && html`<form class="Promotion" method="post" action="${promotionUrl}" novalidate>
    ${textField({ id: 'promotionCode', label: 'Promotion code', value: values.promotionCode, autocomplete: 'off', optional: true }, errors)}
    <button class="Button Button--quiet" type="submit">Apply</button>
  </form>`;
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

function paymentSection({ questions, values, errors }: CheckoutView): Html {
  return html`<section aria-labelledby="payment-heading">
    <h2 id="payment-heading">Payment method</h2>
    <label class="Method" data-testid="card-accordion-item-button">
      <input type="radio" name="method" value="card" checked id="payment-method-accordion-item-title-card">
      <span id="payment-method-label-card">Card</span>
    </label>
    ${cardFields(CARD_IDS, values, errors)}
    ${textField({ id: 'billingName', label: 'Cardholder name', autocomplete: 'cc-name', placeholder: 'Full name on card', value: values.billingName }, errors)}
    ${questions.address ? addressParts(ADDRESS_IDS, values, errors) : shortAddress(values, errors)}
  </section>
  ${testCards()}`;
}

function shortAddress(values: FieldValues, errors: FieldErrors): Html {
  const postalCode = { id: 'billingPostalCode', label: 'Postal code', autocomplete: 'billing postal-code', placeholder: 'ZIP or postal code' };
  return html`${countryField('billingCountry', values.billingCountry ?? '', errors)}
    ${textField({ ...postalCode, value: values.billingPostalCode }, errors)}`;
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
