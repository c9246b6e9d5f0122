/** waitFor: what the tests themselves stand on. */
import { expect, test } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';

test('returns the first truthy answer', async () => {
  const answers = [undefined, '', 'ready'];
  await expect(waitFor('readiness', () => answers.shift())).resolves.toBe('ready');
});

test('asks again after a probe that throws', async () => {
  let calls = 0;
  const probe = () => {
    calls += 1;
    if (calls < 3) throw new Error('not yet');
    return calls;
  };
  await expect(waitFor('the third call', probe)).resolves.toBe(3);
});

test('on time-out names what it waited for and the last state', async () => {
  const probe = () => Promise.reject(new Error('connection refused'));
  await expect(waitFor('the port', probe, 60)).rejects.toThrow(
    'waited 60 ms for the port; last seen: connection refused',
  );
  await expect(waitFor('a status', () => 0, 60)).rejects.toThrow('waited 60 ms for a status; last seen: 0');
});
