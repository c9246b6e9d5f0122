/** Bounded work: many things to do, a few of them at once. */

/** Does the work for each, at most `limit` at once. Throws the first error once none is in hand any more. */
export async function eachAtOnce<T>(limit: number, items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  const ended = await Promise.allSettled(Array.from({ length: limit }, worker));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
