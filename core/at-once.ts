/** Bounded work: many things to do, a few of them at once. */

/** So many questions to Stripe are in hand at once: in test mode it takes 25 calls a second (https://docs.stripe.com/rate-limits). */
export const ASKED_AT_ONCE = 4;

/** Does the work for each, at most `limit` at once. Throws the first error once none is in hand any more. */
export async function eachAtOnce<T>(limit: number, items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  const ended = await Promise.allSettled(Array.from({ length: limit }, worker));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
