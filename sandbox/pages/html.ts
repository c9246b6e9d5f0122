/** HTML that cannot be injected into: every value put into a template is escaped unless it is HTML itself. */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is safe to send. Nothing but `html` can make it, and no other object passes for it. */
class SafeText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }
}

export type Html = SafeText;

type Value = Html | string | number | false | null | undefined | readonly Value[];

/**
 * Template tag: `` html`<p>${name}</p>` ``. Strings and numbers are escaped, lists are joined,
 * `false`, `null` and `undefined` leave nothing. Attribute values must stand in double quotes.
 */
export function html(literals: TemplateStringsArray, ...values: Value[]): Html {
  return new SafeText(literals.reduce((text, literal, index) => text + render(values[index - 1]) + literal));
}

function render(value: Value): string {
  if (value === false || value === null || value === undefined) return '';
  if (value instanceof SafeText) return value.text;
  if (typeof value === 'object') return value.map(render).join('');
  return String(value).replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
