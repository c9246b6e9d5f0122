/** How long work is done: what ends it, and who is told how far it is. */
export interface Ongoing {
  signal?: AbortSignal | undefined;
  /** How many were looked at so far. */
  progress?: ((count: number) => void) | undefined;
}
