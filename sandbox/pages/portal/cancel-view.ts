/** The pages of a cancellation: what it means and the confirmation, then the question why. */
import { html, type Html } from '../html.ts';
import { notice } from '../layout.ts';
import { portalPage, stepHeading, type PortalFrame } from './frame.ts';

export interface CancelView extends PortalFrame {
  product: string;
  price: string;
  /** What the cancellation does and when. */
  meaning: string;
  /** What is given back for unused time (`$42.00`). */
  credit: string | null;
  goBackUrl: string | null;
}

export interface ReasonView extends PortalFrame {
  /** `Your subscription has been canceled.` */
  done: string;
  /** Stripe's words for reasons, in the order of the configuration. */
  reasons: readonly string[];
  problem?: string | undefined;
}

const REASON_TEXTS: Readonly<Record<string, string>> = {
  customer_service: 'Customer service was less than expected',
  low_quality: 'Quality was less than expected',
  missing_features: 'I need more features',
  other: 'Other reason',
  switched_service: 'I found an alternative',
  too_complex: 'Ease of use was less than expected',
  too_expensive: "It's too expensive",
  unused: "I no longer need it",
};

export function cancelPage(view: CancelView): string {
  return portalPage(view, 'Cancel your subscription', html`
    ${stepHeading('Cancel your subscription', view.goBackUrl)}
    <div class="Card"><p class="Card-title">${view.product}</p><p class="Card-price">${view.price}</p></div>
    <p class="Step-text">${view.meaning}
      ${view.credit !== null && html`<span data-testid="credit">${view.credit} for unused time is credited to your next invoice.</span>`}</p>
    <form method="post" class="Actions" aria-label="Confirm cancellation">
      <button class="Button Button--danger" type="submit" data-test="confirm" data-testid="confirm">Cancel subscription</button>
      ${view.goBackUrl !== null && html`<a class="Button Button--quiet" href="${view.goBackUrl}">Keep subscription</a>`}
    </form>`);
}

export function reasonPage(view: ReasonView): string {
  return portalPage(view, 'Why did you cancel?', html`
    ${notice('success', view.done)}
    ${view.problem !== undefined && notice('error', view.problem)}
    <form method="post">
      <fieldset class="Choices">
        <legend><h1 class="Step-title">We are sorry to see you go. Why did you cancel?</h1></legend>
        ${view.reasons.map(reasonChoice)}
      </fieldset>
      ${view.reasons.includes('other') && commentField()}
      <div class="Actions">
        <button class="Button" type="submit" name="answer" value="given" data-test="cancellation_reason_submit"
          data-testid="cancellation_reason_submit">Submit</button>
        <button class="Button Button--quiet" type="submit" name="answer" value="none" data-test="cancellation_reason_cancel"
          data-testid="cancellation_reason_cancel">No thanks</button>
      </div>
    </form>`);
}

function reasonChoice(reason: string): Html {
  const name = `cancel-reason-opt-${reason}`;
  return html`<label class="Choice" for="${name}">
    <input type="radio" id="${name}" name="feedback" value="${reason}" data-test="${name}" data-testid="${name}">
    ${REASON_TEXTS[reason] ?? reason}
  </label>`;
}

function commentField(): Html {
  return html`<div class="Field"><label class="Field-label" for="comment">Anything else you want to share? (optional)</label>
    <textarea class="Input" id="comment" name="comment" rows="3" maxlength="500"></textarea></div>`;
}
