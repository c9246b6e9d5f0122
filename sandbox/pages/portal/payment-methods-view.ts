/** The page where the customer chooses the card that pays from now on, or adds one. */
import { cardFields, submitButton, type FieldErrors, type FieldValues } from '../fields.ts';
import { html, type Html } from '../html.ts';
import type { SavedCard } from './cards.ts';
import { portalPage, stepHeading, type PortalFrame } from './frame.ts';

export interface PaymentMethodsPageView extends PortalFrame {
  goBackUrl: string | null;
  saved: readonly SavedCard[];
  values: FieldValues;
  errors: FieldErrors;
}

export const CARD_IDS = { number: 'number', expiry: 'expiry', cvc: 'cvc' } as const;

export function paymentMethodsPage(view: PaymentMethodsPageView): string {
  const title = view.saved.length === 0 ? 'Add payment method' : 'Update payment method';
  return portalPage(view, title, html`
    ${stepHeading(title, view.goBackUrl)}
    <form method="post" class="CardChoice" novalidate>
      ${view.saved.length > 0 && cardChoice(view)}
      <div class="CardChoice-new" data-in-frame>${cardFields(CARD_IDS, view.values, view.errors)}</div>
      <p class="Terms">The card pays for your current subscription and for what you buy later.</p>
      <div class="Actions">
        ${submitButton({ label: view.saved.length === 0 ? 'Add' : 'Save', busyLabel: 'Saving…', testId: 'confirm' })}
        ${view.goBackUrl !== null && html`<a class="Button Button--quiet" href="${view.goBackUrl}">Cancel</a>`}
      </div>
    </form>`);
}

function cardChoice({ saved }: PaymentMethodsPageView): Html {
  return html`<fieldset class="Choices">
    <legend class="Field-label">Pay with</legend>
    ${saved.map(({ id, label, expires, isDefault }) => html`<label class="Choice">
      <input type="radio" name="method" value="${id}"> <span class="CardLabel">${label}</span>
      ${isDefault && html`<span class="Tag Tag--quiet">Default</span>`} <span class="Rows-end Muted">Expires ${expires}</span>
    </label>`)}
    <label class="Choice"><input type="radio" name="method" value="add" id="radio-add" checked> New card</label>
  </fieldset>`;
}

export interface RemovalView extends PortalFrame {
  goBackUrl: string;
  card: SavedCard;
}

export function removalPage(view: RemovalView): string {
  return portalPage(view, 'Remove payment method', html`
    ${stepHeading('Remove payment method', view.goBackUrl)}
    <div class="Card"><p class="Card-title">${view.card.label}</p><p class="Muted">Expires ${view.card.expires}</p></div>
    <form method="post" class="Actions" aria-label="Remove this payment method">
      <button class="Button Button--danger" type="submit" data-test="confirm" data-testid="confirm">Remove</button>
      <a class="Button Button--quiet" href="${view.goBackUrl}">Keep it</a>
    </form>`);
}
