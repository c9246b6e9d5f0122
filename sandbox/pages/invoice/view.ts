/** The hosted invoice page: what is owed and for what; open invoices can be paid there. */
import { cardFields, submitButton, type FieldErrors, type FieldValues } from '../fields.ts';
import { html, type Html } from '../html.ts';
import { businessMark, notice, splitPage } from '../layout.ts';

export interface InvoiceView {
  business: string;
  number: string;
  /** `$60.00`. */
  amount: string;
  /** `Due`, `Paid on December 5, 2026`. */
  state: string;
  tone: 'good' | 'quiet' | 'warning';
  billedTo: string;
  date: string;
  lines: readonly InvoiceLineView[];
  totals: readonly { label: string; amount: string }[];
  payment: InvoicePaymentView | null;
  receiptUrl: string | null;
}

export interface InvoiceLineView {
  description: string;
  quantity: string;
  amount: string;
}

export interface InvoicePaymentView {
  /** The card on file (`Visa •••• 0341`); null when there is none. */
  savedCard: string | null;
  submitLabel: string;
  values: FieldValues;
  errors: FieldErrors;
  problem?: string | undefined;
}

export const CARD_IDS = { number: 'cardNumber', expiry: 'cardExpiry', cvc: 'cardCvc' } as const;

export function invoicePage(view: InvoiceView): string {
  return splitPage({
    title: `Invoice ${view.number} - ${view.business}`,
    aside: html`${businessMark(view.business)}
      <h1 class="Offer">
        <span class="Offer-title">Invoice ${view.number}</span>
        <span class="Offer-headline">${view.amount}</span>
        <span class="Offer-detail"><span class="Tag Tag--${view.tone}" data-testid="invoice-status">${view.state}</span></span>
      </h1>
      <dl class="Facts"><div><dt>Billed to</dt><dd>${view.billedTo}</dd></div><div><dt>Date</dt><dd>${view.date}</dd></div></dl>
      ${view.receiptUrl !== null && html`<p class="Aside-link"><a href="${view.receiptUrl}" data-testid="view-receipt">View receipt</a></p>`}`,
    main: html`${view.payment && paymentForm(view.payment)} ${details(view)}`,
  });
}

function paymentForm(payment: InvoicePaymentView): Html {
  return html`<form method="post" class="CardChoice" novalidate aria-label="Pay this invoice">
    ${payment.problem !== undefined && notice('error', payment.problem)}
    ${payment.savedCard !== null && savedCardChoice(payment.savedCard)}
    <div class="CardChoice-new">${cardFields(CARD_IDS, payment.values, payment.errors)}</div>
    ${submitButton({ label: payment.submitLabel, busyLabel: 'Processing…', testId: 'hosted-payment-submit-button' })}
  </form>`;
}

function savedCardChoice(label: string): Html {
  return html`<fieldset class="Choices">
    <legend class="Field-label">Pay with</legend>
    <label class="Choice"><input type="radio" name="method" value="saved"> <span class="CardLabel">${label}</span></label>
    <label class="Choice"><input type="radio" name="method" value="add" id="radio-add" checked> New card</label>
  </fieldset>`;
}

function details({ lines, totals }: InvoiceView): Html {
  return html`<section class="Section" aria-labelledby="details-heading">
    <h2 class="Section-title" id="details-heading">Details</h2>
    ${linesTable(lines)}
    <dl class="Totals">${totals.map(({ label, amount }) => html`<div><dt>${label}</dt><dd>${amount}</dd></div>`)}</dl>
  </section>`;
}

export function linesTable(lines: readonly InvoiceLineView[]): Html {
  return html`<table class="Table">
    <thead><tr><th scope="col">Description</th><th scope="col">Qty</th><th scope="col" class="Table-end">Amount</th></tr></thead>
    <tbody>${lines.map(({ description, quantity, amount }) => html`<tr><td>${description}</td><td>${quantity}</td><td class="Table-end">${amount}</td></tr>`)}</tbody>
  </table>`;
}
