/** HTML that cannot be injected into: every value put into a template is escaped unless it is HTML itself. */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is already safe to send; only `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Value = Html | string | number | false | null | undefined | readonly Value[];

/**
 * Template tag: `` html`<p>${name}</p>` ``. Strings and numbers are escaped, lists are joined,
 * `false`, `null` and `undefined` leave nothing. Attribute values must stand in double quotes.
 */
export function html(literals: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(literals.reduce((text, literal, index) => text + render(values[index - 1]) + literal));
}

function render(value: Value): string {
  if (value === false || value === null || value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
