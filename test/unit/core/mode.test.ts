import { expect, test } from 'vitest';
import { modeOf } from '../../../core/mode.ts';

test.each([
  ['sk_test_1', 'test'],
  ['rk_test_1', 'test'],
  ['sk_live_1', 'live'],
  ['rk_live_1', 'live'],
])('%s is a key of %s mode', (key, mode) => {
  expect(modeOf(key)).toBe(mode);
});
