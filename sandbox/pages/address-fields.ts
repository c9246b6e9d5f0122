/** The fields of a postal address: ids by page, labels and autofill words for all of them, and what was typed as Stripe's address. */
import type { Address } from '../billing/shapes.ts';
import { COUNTRIES_WITH_STATES } from './countries.ts';
import { countryField, textField, type FieldErrors, type FieldValues } from './fields.ts';
import { html, type Html } from './html.ts';

/** Each part's id, which is its name in the posted form, and the section that browsers fill it from. */
export interface AddressIds {
  country: string;
  line1: string;
  line2: string;
  city: string;
  state: string;
  postalCode: string;
  section: 'billing' | 'shipping';
}

export function addressParts(ids: AddressIds, values: FieldValues, errors: FieldErrors): Html {
  const part = (id: string, label: string, autocomplete: string, optional = false): Html =>
    textField({ id, label, autocomplete: `${ids.section} ${autocomplete}`, value: values[id], optional }, errors);
  return html`
    ${countryField(ids.country, values[ids.country] ?? '', errors, ids.section)}
    ${part(ids.line1, 'Address', 'address-line1', true)}
    ${part(ids.line2, 'Apartment, suite (optional)', 'address-line2', true)}
    ${part(ids.city, 'City', 'address-level2', true)}
    <div data-country-field="${ids.country}" data-countries="${COUNTRIES_WITH_STATES.join(' ')}">
      ${part(ids.state, 'State or region', 'address-level1', true)}
    </div>
    ${part(ids.postalCode, 'Postal code', 'postal-code', true)}`;
}

/** What was typed; an emptied field is unset. */
export function typedAddress(ids: AddressIds, form: FieldValues): Address {
  const text = (id: string): string | null => form[id] || null;
  return {
    city: text(ids.city),
    country: text(ids.country),
    line1: text(ids.line1),
    line2: text(ids.line2),
    postal_code: text(ids.postalCode),
    state: text(ids.state),
  };
}

/** A stored address as the values of its fields. */
export function addressValues(ids: AddressIds, address: Partial<Address> | null | undefined, defaultCountry: string): FieldValues {
  return {
    [ids.country]: address?.country ?? defaultCountry,
    [ids.line1]: address?.line1 ?? undefined,
    [ids.line2]: address?.line2 ?? undefined,
    [ids.city]: address?.city ?? undefined,
    [ids.state]: address?.state ?? undefined,
    [ids.postalCode]: address?.postal_code ?? undefined,
  };
}

/** `Required` beside each of these parts that is empty. */
export function missingParts(ids: AddressIds, form: FieldValues, parts: readonly (keyof AddressIds)[]): FieldErrors {
  return Object.fromEntries(parts.map((part) => ids[part]).filter((id) => !form[id]).map((id) => [id, 'Required']));
}
