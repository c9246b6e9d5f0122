/** Form fields with their labels, errors and the attributes that tie them together for assistive technology. */
import { COUNTRIES } from './countries.ts';
import { html, type Html } from './html.ts';

export type FieldErrors = Readonly<Record<string, string | undefined>>;

export interface Field {
  /** Also its name in the posted form. */
  id: string;
  label: string;
  value?: string;
  type?: string;
  autocomplete?: string;
  placeholder?: string;
  /** What the card script formats it as. */
  card?: CardPart;
  readonly?: boolean;
  optional?: boolean;
}

export type CardPart = 'number' | 'expiry' | 'cvc';

interface CardPartAttributes {
  label: string;
  placeholder: string;
  autocomplete: string;
}

const CARD_PARTS: Readonly<Record<CardPart, CardPartAttributes>> = {
  number: { label: 'Card number', placeholder: '1234 1234 1234 1234', autocomplete: 'cc-number' },
  expiry: { label: 'Expiration', placeholder: 'MM / YY', autocomplete: 'cc-exp' },
  cvc: { label: 'CVC', placeholder: 'CVC', autocomplete: 'cc-csc' },
};

export type FieldValues = Readonly<Record<string, string | undefined>>;

export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text);
}

export function textField(field: Field, errors: FieldErrors): Html {
  return html`<div class="Field">
    <label class="Field-label" for="${field.id}">${field.label}</label>
    ${input(field, errors)} ${fieldError(field.id, errors)}
  </div>`;
}

export function countryField(id: string, value: string, errors: FieldErrors, section = 'billing'): Html {
  return html`<div class="Field">
    <label class="Field-label" for="${id}">Country or region</label>
    <select class="Input Select" id="${id}" name="${id}" autocomplete="${section} country" ${describedBy(id, errors)}>
      ${COUNTRIES.map(({ code, name }) => html`<option value="${code}" ${code === value && html`selected`}>${name}</option>`)}
    </select>
    ${fieldError(id, errors)}
  </div>`;
}

export interface CheckField {
  id: string;
  label: string;
  /** What the form sends when it is ticked. */
  value: string;
  checked?: boolean;
  required?: boolean;
  note?: string;
}

export function checkField({ id, label, value, checked, required, note }: CheckField, errors: FieldErrors): Html {
  return html`<div class="Field CheckField">
    <label class="CheckField-label" for="${id}"><input type="checkbox" id="${id}" name="${id}" value="${value}" ${checked && html`checked`}
      ${required && html`aria-required="true"`} ${describedBy(id, errors)}> <span>${label}${note !== undefined && html`<span class="Choice-note">${note}</span>`}</span></label>
    ${fieldError(id, errors)}
  </div>`;
}

/** Number, expiry and CVC as one block; `ids` gives each part its id. */
export function cardFields(ids: Readonly<Record<CardPart, string>>, values: FieldValues, errors: FieldErrors): Html {
  const part = (name: CardPart): Html => {
    const { label, ...attributes } = CARD_PARTS[name];
    const field = { id: ids[name], label, value: values[ids[name]], card: name, ...attributes };
    return html`<div class="CardFields-part CardFields-part--${name}">
      <label class="VisuallyHidden" for="${field.id}">${label}</label>${input(field, errors)}
    </div>`;
  };
  return html`<fieldset class="Field CardFields">
    <legend class="Field-label">Card information</legend>
    <div class="CardFields-grid">${part('number')} ${part('expiry')} ${part('cvc')}</div>
    ${Object.values(ids).map((id) => fieldError(id, errors))}
  </fieldset>`;
}

export interface SubmitButton {
  label: string;
  /** Shown while the answer is on its way. */
  busyLabel: string;
  testId: string;
}

/** The button of a card form; the card script moves it from incomplete to complete and to processing. */
export function submitButton({ label, busyLabel, testId }: SubmitButton): Html {
  return html`<button class="Button SubmitButton SubmitButton--incomplete" type="submit" data-test="${testId}" data-testid="${testId}"
    data-busy-label="${busyLabel}"><span class="SubmitButton-label" aria-live="polite">${label}</span></button>`;
}

function input(field: Field, errors: FieldErrors): Html {
  return html`<input class="Input" id="${field.id}" name="${field.id}" type="${field.type ?? 'text'}" value="${field.value}"
    ${field.autocomplete && html`autocomplete="${field.autocomplete}"`}
    ${field.placeholder && html`placeholder="${field.placeholder}"`}
    ${field.card && html`data-card="${field.card}" inputmode="numeric"`}
    ${field.readonly && html`readonly`}
    ${!field.optional && html`aria-required="true"`}
    ${describedBy(field.id, errors)}>`;
}

function describedBy(id: string, errors: FieldErrors): Html | false {
  return errors[id] !== undefined && html`aria-invalid="true" aria-describedby="${id}-error"`;
}

function fieldError(id: string, errors: FieldErrors): Html | false {
  const message = errors[id];
  return message !== undefined && html`<p class="FieldError" id="${id}-error" role="alert">${message}</p>`;
}
