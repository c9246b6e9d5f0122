/** The pages of a change of plan: the plans and the quantity, then the amounts. */
import type { WantedItem } from '../../api/portal-offers.ts';
import { html, type Html } from '../html.ts';
import { notice } from '../layout.ts';
import { portalPage, stepHeading, type PortalFrame } from './frame.ts';

export interface PlanPageView extends PortalFrame {
  goBackUrl: string | null;
  confirmUrl: string;
  plans: readonly PlanView[];
  /** Null when it stays as it is. */
  quantity: QuantityView | null;
  problem?: string | undefined;
}

export interface PlanView {
  price: string;
  product: string;
  description: string | null;
  /** `Billed monthly`: what tells the prices of one product apart. */
  billing: string;
  /** `$60.00 per month`. */
  amount: string;
  isPresent: boolean;
}

export interface QuantityView {
  value: number;
  minimum: number;
  maximum: number | null;
}

interface Plan {
  product: string;
  price: string;
}

export interface ConfirmView extends PortalFrame {
  goBackUrl: string | null;
  before: Plan;
  after: Plan;
  rows: readonly { label: string; amount: string }[];
  /** What the amounts do not say by themselves. */
  note: string | null;
  wanted: WantedItem;
  /** Why the change was refused, or would be. */
  problem?: string | undefined;
}

export function planPage(view: PlanPageView): string {
  return portalPage(view, 'Update your plan', html`
    ${stepHeading('Update your plan', view.goBackUrl)}
    ${view.problem !== undefined && notice('error', view.problem)}
    <form method="get" action="${view.confirmUrl}" data-testid="pricing-table">
      <fieldset class="Choices"><legend class="Field-label">Plan</legend>${view.plans.map(planCard)}</fieldset>
      ${view.quantity && quantityField(view.quantity)}
      <div class="Actions">
        <button class="Button" type="submit" data-test="continue-button" data-testid="continue-button">Continue</button>
        ${view.goBackUrl !== null && html`<a class="Button Button--quiet" href="${view.goBackUrl}">Cancel</a>`}
      </div>
    </form>`);
}

function planCard({ price, product, description, billing, amount, isPresent }: PlanView): Html {
  return html`<label class="Choice" data-testid="pricing-table-card" data-price-id="${price}">
    <input type="radio" name="price" value="${price}" ${isPresent && html`checked`}>
    <span><span class="CardLabel">${product}</span> ${isPresent && html`<span class="Tag Tag--quiet">Current plan</span>`}
      <span class="Choice-note">${billing}</span>
      ${description !== null && html`<span class="Choice-note">${description}</span>`}</span>
    <span class="Rows-end Choice-amount">${amount}</span>
  </label>`;
}

function quantityField({ value, minimum, maximum }: QuantityView): Html {
  return html`<div class="Field"><label class="Field-label" for="quantity">Quantity</label>
    <input class="Input Input--short" id="quantity" name="quantity" type="number" inputmode="numeric" value="${value}" min="${minimum}"
      ${maximum !== null && html`max="${maximum}"`} data-testid="portal-quantity-editor"></div>`;
}

export function confirmPage(view: ConfirmView): string {
  const { before, after, rows, note, wanted, problem } = view;
  return portalPage(view, 'Confirm your updates', html`
    ${view.goBackUrl !== null && html`<nav aria-label="Portal"><a class="ActionLink" href="${view.goBackUrl}"><span aria-hidden="true">&larr;</span> Plans</a></nav>`}
    <h1 class="Step-title">Confirm your updates</h1>
    ${problem !== undefined && notice('error', problem)}
    <div class="Card">
      <p class="Muted">${before.product}, ${before.price}</p>
      <p class="Card-title">${after.product}</p><p class="Card-price">${after.price}</p>
      <dl class="Totals">${rows.map(({ label, amount }) => html`<div><dt>${label}</dt><dd>${amount}</dd></div>`)}</dl>
    </div>
    ${note !== null && html`<p class="Muted">${note}</p>`}
    <form method="post" class="Actions" aria-label="Confirm your updates">
      <input type="hidden" name="price" value="${wanted.price}"><input type="hidden" name="quantity" value="${wanted.quantity}">
      <button class="Button" type="submit" data-test="confirm" data-testid="confirm">Confirm</button>
      ${view.goBackUrl !== null && html`<a class="Button Button--quiet" href="${view.goBackUrl}">Go back</a>`}
    </form>`);
}
