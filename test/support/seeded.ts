/** Chance that can be had again: the same seed draws the same. */

export interface Chance {
  /** A whole number from 0 up to, and without, `below`. */
  number(below: number): number;
  oneOf<T>(choices: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
}

/** Mulberry32: 32 bits of state are enough to mix up a story. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const number = (below: number): number => Math.floor(next() * below);
  return {
    number,
    oneOf: (choices) => choices[number(choices.length)]!,
    shuffled: (items) => items.map((item) => ({ item, key: next() })).sort((one, other) => one.key - other.key).map(({ item }) => item),
  };
}
