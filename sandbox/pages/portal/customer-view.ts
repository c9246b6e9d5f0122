/** The page where customers correct what stands on their invoices. */
import { countryField, textField, type FieldErrors, type FieldValues } from '../fields.ts';
import { html, type Html } from '../html.ts';
import { portalPage, stepHeading, type PortalFrame } from './frame.ts';

export interface CustomerPageView extends PortalFrame {
  goBackUrl: string | null;
  /** What the configuration lets the customer change. */
  allowed: readonly string[];
  values: FieldValues;
  errors: FieldErrors;
}

type Fields = (values: FieldValues, errors: FieldErrors) => Html;

const FIELDS: Readonly<Record<string, Fields>> = {
  name: (values, errors) => textField({ id: 'name', label: 'Name', autocomplete: 'name', value: values.name }, errors),
  email: (values, errors) => textField({ id: 'email', label: 'Email', type: 'email', autocomplete: 'email', value: values.email }, errors),
  phone: (values, errors) => textField({ id: 'phone', label: 'Phone', type: 'tel', autocomplete: 'tel', value: values.phone, optional: true }, errors),
  address: addressFields,
};

export function customerPage(view: CustomerPageView): string {
  return portalPage(view, 'Billing information', html`
    ${stepHeading('Billing information', view.goBackUrl)}
    <form method="post" novalidate>
      ${Object.keys(FIELDS).map((name) => view.allowed.includes(name) && FIELDS[name]?.(view.values, view.errors))}
      <div class="Actions">
        <button class="Button" type="submit" data-test="confirm" data-testid="confirm">Save</button>
        ${view.goBackUrl !== null && html`<a class="Button Button--quiet" href="${view.goBackUrl}">Cancel</a>`}
      </div>
    </form>`);
}

function addressFields(values: FieldValues, errors: FieldErrors): Html {
  return html`
    ${countryField('country', values.country ?? '', errors)}
    ${textField({ id: 'line1', label: 'Address', autocomplete: 'billing address-line1', value: values.line1 }, errors)}
    ${textField({ id: 'city', label: 'City', autocomplete: 'billing address-level2', value: values.city }, errors)}
    ${textField({ id: 'state', label: 'State or region', autocomplete: 'billing address-level1', value: values.state, optional: true }, errors)}
    ${textField({ id: 'postal_code', label: 'Postal code', autocomplete: 'billing postal-code', value: values.postal_code }, errors)}`;
}
