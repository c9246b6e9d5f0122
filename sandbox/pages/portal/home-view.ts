/** The Customer Portal's first page: subscription, payment method, billing information, invoices; each only if it may be seen. */
import { html, type Html } from '../html.ts';
import { notice } from '../layout.ts';
import type { SavedCard } from './cards.ts';
import { portalPage, type PortalFrame } from './frame.ts';

export interface HomeView extends PortalFrame {
  /** What just happened (`Your subscription has been canceled.`). */
  done: string | null;
  subscriptions: readonly SubscriptionView[];
  paymentMethods: PaymentMethodsView | null;
  billingInformation: BillingInformationView | null;
  /** Null when the configuration does not show invoices. */
  invoices: InvoicesView | null;
}

export interface SubscriptionView {
  id: string;
  product: string;
  /** `$60.00 per month`. */
  price: string;
  badge: { label: string; tone: Tone } | null;
  /** `Your plan renews on December 5, 2026.` */
  state: string;
  /** A declined payment and what to do about it. */
  problem: { text: string; link: { href: string; label: string } | null } | null;
  cancelUrl: string | null;
  updateUrl: string | null;
  pauseUrl: string | null;
  resumeUrl: string | null;
  /** The way back from a scheduled cancellation. */
  keepUrl: string | null;
}

export type Tone = 'good' | 'quiet' | 'warning' | 'bad';

export interface PaymentMethodsView {
  cards: readonly SavedCard[];
  updateUrl: string;
}

export interface BillingInformationView {
  rows: readonly { label: string; value: string }[];
  /** Null when the customer may change none of it. */
  updateUrl: string | null;
}

export interface InvoicesView {
  rows: readonly InvoiceRow[];
  olderUrl: string | null;
  newestUrl: string | null;
}

export interface InvoiceRow {
  date: string;
  number: string;
  amount: string;
  status: { label: string; tone: Tone };
  url: string | null;
  receiptUrl: string | null;
  isPayable: boolean;
}

export function homePage(view: HomeView): string {
  return portalPage(view, 'Billing', html`
    <h1 class="VisuallyHidden">Manage your ${view.business.name} billing</h1>
    ${view.done !== null && notice('success', view.done)}
    ${section('subscription', 'Current subscription', subscriptionsBody(view.subscriptions))}
    ${view.paymentMethods && section('payment-method', 'Payment method', paymentMethodsBody(view.paymentMethods))}
    ${view.billingInformation && section('billing-information', 'Billing information', billingInformationBody(view.billingInformation))}
    ${view.invoices && section('invoice-history', 'Invoice history', invoicesBody(view.invoices))}`);
}

function section(id: string, title: string, body: Html | Html[]): Html {
  return html`<section class="Section" aria-labelledby="${id}-heading">
    <h2 class="Section-title" id="${id}-heading">${title}</h2>${body}
  </section>`;
}

function subscriptionsBody(subscriptions: readonly SubscriptionView[]): Html | Html[] {
  if (subscriptions.length === 0) return html`<p class="Muted">You have no subscription.</p>`;
  return subscriptions.map(subscriptionCard);
}

function subscriptionCard(subscription: SubscriptionView): Html {
  const { product, price, badge, state, problem } = subscription;
  return html`<div class="Card" data-subscription-id="${subscription.id}">
    <div class="Card-row">
      <div>
        <p class="Card-title">${product} ${badge && tag(badge)}</p>
        <p class="Card-price">${price}</p>
      </div>
      <div class="Card-actions">${subscriptionActions(subscription)}</div>
    </div>
    <p class="Muted">${state}</p>
    ${problem && notice('warning', html`${problem.text} ${problem.link && html`<a href="${problem.link.href}">${problem.link.label}</a>`}`)}
  </div>`;
}

function subscriptionActions({ updateUrl, pauseUrl, resumeUrl, cancelUrl, keepUrl }: SubscriptionView): (Html | null)[] {
  return [
    updateUrl === null ? null : actionLink(updateUrl, 'update-subscription', 'Update subscription'),
    pauseUrl === null ? null : actionLink(pauseUrl, 'pause-subscription', 'Pause'),
    resumeUrl === null ? null : actionLink(resumeUrl, 'resume-subscription', 'Resume'),
    cancelUrl === null ? null : actionLink(cancelUrl, 'cancel-subscription', 'Cancel subscription'),
    keepUrl === null ? null : actionButton(keepUrl, 'renew-subscription', 'Keep subscription'),
  ];
}

function actionLink(href: string, testId: string, label: string): Html {
  return html`<a class="Button Button--quiet Button--small" href="${href}" data-test="${testId}" data-testid="${testId}">${label}</a>`;
}

function actionButton(action: string, testId: string, label: string): Html {
  return html`<form method="post" action="${action}">
    <button class="Button Button--quiet Button--small" type="submit" data-test="${testId}" data-testid="${testId}">${label}</button></form>`;
}

function paymentMethodsBody({ cards, updateUrl }: PaymentMethodsView): Html {
  const label = cards.length === 0 ? 'Add payment method' : 'Update payment method';
  return html`
    ${cards.length === 0 && html`<p class="Muted">No payment method on file.</p>`}
    <ul class="Rows">${cards.map((card) => html`<li class="Rows-item" data-payment-method-id="${card.id}">
      <span class="CardLabel">${card.label}</span> ${card.isDefault && tag({ label: 'Default', tone: 'quiet' })}
      <span class="Rows-end Muted">Expires ${card.expires}</span>
      ${card.removeUrl !== null && html`<a class="ActionLink" href="${card.removeUrl}" aria-label="Remove ${card.label}">Remove</a>`}
    </li>`)}</ul>
    <p><a class="ActionLink" href="${updateUrl}" data-test="add-payment-method" data-testid="add-payment-method">${label}</a></p>`;
}

function billingInformationBody({ rows, updateUrl }: BillingInformationView): Html {
  return html`<dl class="Facts">${rows.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
    ${updateUrl !== null && html`<p><a class="ActionLink" href="${updateUrl}" data-test="update-customer">Update information</a></p>`}`;
}

function invoicesBody({ rows, olderUrl, newestUrl }: InvoicesView): Html {
  if (rows.length === 0) return html`<p class="Muted">No invoices yet.</p>`;
  return html`<table class="Table">
    <thead><tr><th scope="col">Date</th><th scope="col">Amount</th><th scope="col">Status</th><th scope="col"><span class="VisuallyHidden">Pages</span></th></tr></thead>
    <tbody>${rows.map(invoiceRow)}</tbody>
  </table>
  ${(olderUrl !== null || newestUrl !== null) && html`<nav class="Pager" aria-label="Invoice pages">
    ${newestUrl !== null && html`<a class="ActionLink" href="${newestUrl}">Newest invoices</a>`}
    ${olderUrl !== null && html`<a class="ActionLink" href="${olderUrl}" data-testid="view-more-button">Older invoices</a>`}
  </nav>`}`;
}

function invoiceRow({ date, number, amount, status, url, receiptUrl, isPayable }: InvoiceRow): Html {
  const label = isPayable ? 'Pay' : 'View';
  const what = `invoice ${number} of ${date}`;
  return html`<tr>
    <td class="Table-date">${date}</td><td>${amount}</td><td>${tag(status)}</td>
    <td class="Table-end">
      ${receiptUrl !== null && html`<a class="ActionLink" href="${receiptUrl}" aria-label="Receipt for ${what}">Receipt</a>`}
      ${url !== null && html`<a class="${isPayable ? 'Button Button--small' : 'ActionLink'}" href="${url}" aria-label="${label} ${what}"
        data-testid="hip-link">${label}</a>`}</td>
  </tr>`;
}

function tag({ label, tone }: { label: string; tone: Tone }): Html {
  return html`<span class="Tag Tag--${tone}">${label}</span>`;
}
