/** The pages of a pause: how long and what it means, and what it costs to come back. */
import { html, type Html } from '../html.ts';
import { notice } from '../layout.ts';
import { portalPage, stepHeading, type PortalFrame } from './frame.ts';

export interface PauseView extends PortalFrame {
  product: string;
  price: string;
  goBackUrl: string | null;
  endsTrial: boolean;
  /** None where a pause lasts until it is taken back. */
  choices: readonly PauseChoice[];
  /** What is given back for unused time (`$42.00`). */
  credit: string | null;
  problem?: string | undefined;
}

export interface PauseChoice {
  value: string;
  /** `1 month`. */
  label: string;
  /** `until December 23, 2026`. */
  note: string;
}

export interface ResumeView extends PortalFrame {
  product: string;
  price: string;
  goBackUrl: string;
  /** `$60.00`. */
  dueNow: string;
}

export function pausePage(view: PauseView): string {
  const { product, price, goBackUrl, choices, credit, endsTrial, problem } = view;
  const end = choices.length === 0 ? 'until you resume it' : 'until it resumes by itself, or you resume it';
  return portalPage(view, 'Pause your subscription', html`
    ${stepHeading('Pause your subscription', goBackUrl)}
    ${problem !== undefined && notice('error', problem)}
    <div class="Card"><p class="Card-title">${product}</p><p class="Card-price">${price}</p></div>
    <p class="Step-text">Your subscription pauses at once: there is no service and no invoice ${end}.
      ${endsTrial && 'Your free trial ends with it.'}
      ${credit !== null && html`<span data-testid="credit">${credit} for unused time is taken off your next invoice.</span>`}</p>
    <form method="post" aria-label="Confirm the pause">
      ${choices.length > 0 && html`<fieldset class="Choices"><legend class="Field-label">Pause for</legend>${choices.map(durationChoice)}</fieldset>`}
      <div class="Actions">
        <button class="Button" type="submit" data-test="confirm" data-testid="confirm">Pause subscription</button>
        ${goBackUrl !== null && html`<a class="Button Button--quiet" href="${goBackUrl}">Go back</a>`}
      </div>
    </form>`);
}

function durationChoice({ value, label, note }: PauseChoice): Html {
  return html`<label class="Choice"><input type="radio" name="duration" value="${value}" ${value === '0' && html`checked`}>
    <span class="CardLabel">${label}</span> <span class="Rows-end Muted">${note}</span></label>`;
}

export function resumePage(view: ResumeView): string {
  return portalPage(view, 'Resume your subscription', html`
    ${stepHeading('Resume your subscription', view.goBackUrl)}
    <div class="Card"><p class="Card-title">${view.product}</p><p class="Card-price">${view.price}</p>
      <dl class="Totals"><div><dt>Amount due today</dt><dd>${view.dueNow}</dd></div></dl></div>
    <p class="Step-text">A new billing period begins today.</p>
    <form method="post" class="Actions" aria-label="Confirm the resumption">
      <button class="Button" type="submit" data-test="confirm" data-testid="confirm">Resume subscription</button>
      <a class="Button Button--quiet" href="${view.goBackUrl}">Go back</a>
    </form>`);
}
