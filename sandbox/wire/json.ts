/** JSON as Stripe writes it. */

/** Stripe indents by two spaces, in answers and in events. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
