/** Stripe's own clock: only its times are ever compared with each other. */

/** When Stripe gave this answer, in its seconds; 0 where the answer does not say. */
export function answeredAt({ lastResponse }: { lastResponse: { headers: Record<string, string> } }): number {
  return Math.floor(Date.parse(lastResponse.headers.date ?? '') / 1000) || 0;
}
