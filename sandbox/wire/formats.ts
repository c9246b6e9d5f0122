/** Kinds of text that Stripe checks: addresses of pages and of people. */
import { invalidRequest } from './errors.ts';
import { string, type Kind } from './params.ts';

/** An absolute URL, of any scheme. */
export function url(limits: { max?: number } = {}): Kind<string> {
  return checked(limits, (text) => /^[a-z][a-z0-9+.-]*:\/\//i.test(text) && URL.canParse(text), { code: 'url_invalid', says: () => 'Not a valid URL' });
}

/** An e-mail address: something on both sides of an `@`. */
export function email(limits: { max?: number } = {}): Kind<string> {
  return checked(limits, (text) => /^[^\s@]+@[^\s@]+$/.test(text), { code: 'email_invalid', says: (text) => `Invalid email address: ${text}` });
}

function checked(limits: { max?: number }, isGood: (text: string) => boolean, refusal: { code: string; says(text: string): string }): Kind<string> {
  const plain = string(limits);
  return {
    read(raw, name) {
      const text = plain.read(raw, name);
      if (!isGood(text)) throw invalidRequest(refusal.says(text), name, refusal.code);
      return text;
    },
  };
}
