import { expect, test } from 'vitest';
import { hashPassword, passwordFits } from '../../../daemon/passwords.ts';

test('a password fits its hash, and no other does', async () => {
  const hash = await hashPassword('correct horse ✓');
  expect(await passwordFits('correct horse ✓', hash)).toBe(true);
  expect(await passwordFits('correct horse', hash)).toBe(false);
});

test('the hash tells nothing: another salt each time', async () => {
  const [one, other] = [await hashPassword('correct horse'), await hashPassword('correct horse')];
  expect(one).toMatch(/^scrypt\$[\w-]{22}\$[\w-]{43}$/);
  expect(one).not.toBe(other);
});

test.each([undefined, null, '', 'scrypt$$', 'scrypt$AAAA$AAAA'])('nothing fits the hash %j', async (hash) => {
  for (const password of ['', 'anything']) expect(await passwordFits(password, hash)).toBe(false);
});
