import { expect, test } from 'vitest';
import { openStore } from '../../../sandbox/store.ts';
import { createSwitches, SWITCHES } from '../../../sandbox/switches.ts';

const UNSET = Object.fromEntries(Object.entries(SWITCHES).map(([name, { unset }]) => [name, unset]));

test('until somebody sets them, every switch stands where the table says', () => {
  expect(createSwitches(openStore()).all()).toEqual(UNSET);
});

test('what is set lasts as long as the state; null and a reset take it back', () => {
  const store = openStore();
  createSwitches(store).set({ dunning_end: 'unpaid', billing_mode: 'classic' });
  const found = createSwitches(store);
  expect(found.all()).toEqual({ ...UNSET, dunning_end: 'unpaid', billing_mode: 'classic' });
  found.set({ dunning_end: null });
  expect(found.get('dunning_end')).toBe('cancel');
  found.reset();
  expect(found.all()).toEqual(UNSET);
});

test('an unknown switch and a value that it does not take are named, and nothing is set', () => {
  const switches = createSwitches(openStore());
  expect(() => switches.set({ billing_mode: 'classic', dunning: 'unpaid' })).toThrow(/no switch dunning\. It has: dunning_end, billing_mode/);
  expect(() => switches.set({ billing_mode: 'classic', dunning_end: 'never' })).toThrow('The switch dunning_end takes cancel, unpaid, leave.');
  expect(switches.all()).toEqual(UNSET);
});
