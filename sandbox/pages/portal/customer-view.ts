/** The page where customers correct what stands on their invoices. */
import { addressParts, type AddressIds } from '../address-fields.ts';
import { textField, type FieldErrors, type FieldValues } from '../fields.ts';
import { html, type Html } from '../html.ts';
import { portalPage, stepHeading, type PortalFrame } from './frame.ts';

/** Also the names in Stripe's address. */
export const BILLING_IDS: AddressIds = { country: 'country', line1: 'line1', line2: 'line2', city: 'city', state: 'state', postalCode: 'postal_code', section: 'billing' };
export const SHIPPING_IDS: AddressIds = {
  country: 'shipping_country',
  line1: 'shipping_line1',
  line2: 'shipping_line2',
  city: 'shipping_city',
  state: 'shipping_state',
  postalCode: 'shipping_postal_code',
  section: 'shipping',
};

export interface CustomerPageView extends PortalFrame {
  goBackUrl: string | null;
  /** What the configuration lets the customer change. */
  allowed: readonly string[];
  values: FieldValues;
  errors: FieldErrors;
}

type Fields = (values: FieldValues, errors: FieldErrors) => Html;

/** What the configuration can allow, in the order of the page. The sandbox knows no tax ids. */
const FIELDS: Readonly<Record<string, Fields>> = {
  name: (values, errors) => textField({ id: 'name', label: 'Name', autocomplete: 'name', value: values.name, optional: true }, errors),
  email: (values, errors) => textField({ id: 'email', label: 'Email', type: 'email', autocomplete: 'email', value: values.email }, errors),
  phone: (values, errors) => textField({ id: 'phone', label: 'Phone', type: 'tel', autocomplete: 'tel', value: values.phone, optional: true }, errors),
  address: (values, errors) => addressFields('Billing address', BILLING_IDS, values, errors),
  shipping: (values, errors) => html`<fieldset class="FieldGroup"><legend class="FieldGroup-title">Shipping</legend>
    ${textField({ id: 'shipping_name', label: 'Recipient', autocomplete: 'shipping name', value: values.shipping_name, optional: true }, errors)}
    ${addressParts(SHIPPING_IDS, values, errors)}
    ${textField({ id: 'shipping_phone', label: 'Phone', type: 'tel', autocomplete: 'shipping tel', value: values.shipping_phone, optional: true }, errors)}
  </fieldset>`,
};

function addressFields(title: string, ids: AddressIds, values: FieldValues, errors: FieldErrors): Html {
  return html`<fieldset class="FieldGroup"><legend class="FieldGroup-title">${title}</legend>${addressParts(ids, values, errors)}</fieldset>`;
}

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
