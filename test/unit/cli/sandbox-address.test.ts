import { expect, test } from 'vitest';
import { sandboxAddress } from '../../../cli/sandbox/control.ts';
import { recordingContext } from './recording-io.ts';

const OWN = 'http://127.0.0.1:4711';

test.each([
  ['nothing', {}, {}, 'http://127.0.0.1:12111'],
  ['a key of Stripe’s', {}, { STRIPE_SECRET_KEY: 'sk_test_of_ones_own' }, 'http://127.0.0.1:12111'],
  ['the settings', {}, { STRIPE_API_BASE: OWN }, OWN],
  ['a port', { port: 5 }, { STRIPE_API_BASE: OWN }, 'http://127.0.0.1:5'],
])('the sandbox that is meant, by %s', (_, choice, env, address) => {
  expect(sandboxAddress(choice, recordingContext({ folder: '/nowhere', env }).context)).toBe(address);
});
