/** The receipt of a paid invoice. */
import { html } from '../html.ts';
import { businessMark, splitPage } from '../layout.ts';
import { linesTable, type InvoiceLineView } from './view.ts';

export interface ReceiptView {
  business: string;
  number: string;
  /** `$60.00`. */
  amount: string;
  invoiceUrl: string;
  facts: readonly { label: string; value: string }[];
  lines: readonly InvoiceLineView[];
}

export function receiptPage({ business, number, amount, invoiceUrl, facts, lines }: ReceiptView): string {
  return splitPage({
    title: `Receipt ${number} - ${business}`,
    aside: html`${businessMark(business)}
      <h1 class="Offer">
        <span class="Offer-title">Receipt from ${business}</span>
        <span class="Offer-headline">${amount}</span>
        <span class="Offer-detail"><span class="Tag Tag--good">Paid</span></span>
      </h1>
      <dl class="Facts">${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`,
    main: html`<section aria-labelledby="summary-heading">
      <h2 class="Section-title" id="summary-heading">Summary</h2>
      ${linesTable(lines)}
      <dl class="Totals"><div><dt>Amount paid</dt><dd>${amount}</dd></div></dl>
    </section>
    <p class="Muted">For invoice ${number}. <a href="${invoiceUrl}">View the invoice</a></p>`,
  });
}
