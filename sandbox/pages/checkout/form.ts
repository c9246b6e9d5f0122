/** What a customer filled in on the Checkout page besides the card: what is missing, and what billing needs of it. */
import { asksForCard, type CheckoutEntry } from '../../billing/checkout.ts';
import type { StoredSession } from '../../billing/checkout-sessions.ts';
import type { CardDetails } from '../../billing/cards.ts';
import { typedAddress, type AddressIds } from '../address-fields.ts';
import { COUNTRIES_ASKING_POSTAL_CODE } from '../countries.ts';
import { isEmail, type FieldErrors, type FieldValues } from '../fields.ts';

/** The ids that browser tests look for; each is its field's name, too. */
export const ADDRESS_IDS: AddressIds = {
  country: 'billingCountry',
  line1: 'billingAddressLine1',
  line2: 'billingAddressLine2',
  city: 'billingLocality',
  state: 'billingAdministrativeArea',
  postalCode: 'billingPostalCode',
  section: 'billing',
};
export const CARD_IDS = { number: 'cardNumber', expiry: 'cardExpiry', cvc: 'cardCvc' } as const;
export const TERMS_ID = 'termsOfServiceConsentCheckbox';

/** What the session has its page ask for. */
export interface Questions {
  /** Also whose it is; nothing else is asked of who needs none. */
  card: boolean;
  email: boolean;
  /** The whole address; else country and postal code. */
  address: boolean;
  terms: boolean;
}

export function questionsOf(session: StoredSession): Questions {
  const card = asksForCard(session);
  return {
    card,
    email: session.customer_details?.email == null,
    address: card && session.billing_address_collection === 'required',
    terms: session.consent_collection?.terms_of_service === 'required',
  };
}

export function errorsBesidesCard(questions: Questions, form: FieldValues): FieldErrors {
  const asksPostalCode = COUNTRIES_ASKING_POSTAL_CODE.includes(form.billingCountry ?? '');
  const wanted = [
    ...(questions.email ? ['email'] : []),
    ...(questions.card ? ['billingName', 'billingCountry'] : []),
    ...(questions.address ? [ADDRESS_IDS.line1, ADDRESS_IDS.city] : []),
    ...(questions.card && asksPostalCode ? [ADDRESS_IDS.postalCode] : []),
  ];
  const missing = Object.fromEntries(wanted.filter((name) => !form[name]).map((name) => [name, 'Required']));
  const isMalformed = questions.email && form.email && !isEmail(form.email);
  return {
    ...missing,
    ...(isMalformed ? { email: 'Your email is invalid.' } : {}),
    ...(questions.terms && form[TERMS_ID] !== 'accepted' ? { [TERMS_ID]: 'Accept the terms to continue.' } : {}),
  };
}

export function entryOf(card: CardDetails, form: FieldValues): CheckoutEntry {
  const { billingName: name = null, email = null } = form;
  return { ...card, name, email, address: typedAddress(ADDRESS_IDS, form) };
}
