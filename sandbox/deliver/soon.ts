/** Work that waits for what runs now, such as the transaction that is open. */

/** Runs `work` after what runs now, however often it is asked meanwhile. */
export function soon(work: () => void): () => void {
  let isAsked = false;
  const run = (): void => {
    isAsked = false;
    work();
  };
  return () => {
    if (!isAsked) setImmediate(run);
    isAsked = true;
  };
}
