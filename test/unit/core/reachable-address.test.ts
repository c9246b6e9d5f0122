import { expect, test } from 'vitest';
import { reachableAddress } from '../../../core/reachable-address.ts';

test.each([
  ['127.0.0.1', '127.0.0.1:4242'],
  ['localhost', 'localhost:4242'],
  ['192.168.1.2', '192.168.1.2:4242'],
  ['0.0.0.0', '127.0.0.1:4242'],
  ['::', '[::1]:4242'],
  ['::1', '[::1]:4242'],
  ['fe80::1', '[fe80::1]:4242'],
])('what listens on %s is reached at %s', (host, address) => {
  expect(reachableAddress(host, 4242)).toBe(address);
});
