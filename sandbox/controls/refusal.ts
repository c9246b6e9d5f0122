/** What a control answers when it cannot do what it is asked. */

export class Refusal extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** Runs `work`; whatever it throws is about what was asked for. */
export function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Refusal((error as Error).message);
  }
}
