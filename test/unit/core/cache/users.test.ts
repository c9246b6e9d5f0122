import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cache } from '../../../../core/cache/cache.ts';
import { freshCache, type CacheFile } from '../../../support/caches.ts';

const EMAIL = 'ada@example.com';

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = await freshCache();
  cache = await file.open();
});

afterEach(() => file.remove());

function signUp(id: string, email = EMAIL, passwordHash: string | null = `hash of ${id}`) {
  return cache.createUser({ id, email, passwordHash, createdAt: 1 });
}

describe('a user', () => {
  test('is nobody until Stripe has made the customer', async () => {
    const halfMade = await signUp('user_1');
    expect(halfMade).toEqual({ id: 'user_1', email: EMAIL, passwordHash: 'hash of user_1', customer: null });
    expect(await cache.userByEmail(EMAIL)).toBeUndefined();
    await cache.linkCustomer(halfMade, 'cus_1');
    const user = { id: 'user_1', email: EMAIL, passwordHash: 'hash of user_1', customer: 'cus_1' };
    expect(await cache.userByEmail(EMAIL)).toMatchObject(user);
    expect(await cache.userByCustomer('cus_1')).toMatchObject(user);
    expect(await cache.userByCustomer('cus_2')).toBeUndefined();
  });

  test('has their e-mail address for themselves, however it is written', async () => {
    await cache.linkCustomer(await signUp('user_1'), 'cus_1');
    await expect(signUp('user_2', 'ADA@example.com')).rejects.toMatchObject({ kind: 'conflict', message: 'ADA@example.com has signed up already' });
    expect((await cache.userByEmail('Ada@Example.com'))?.passwordHash).toBe('hash of user_1');
  });

  test('who was left half-made is taken over, under the first id and with the new password', async () => {
    await signUp('user_1');
    expect(await signUp('user_2')).toEqual({ id: 'user_1', email: EMAIL, passwordHash: 'hash of user_2', customer: null });
  });

  test('who was taken over is out of reach of the first sign-up', async () => {
    const first = await signUp('user_1');
    const second = await signUp('user_2');
    await expect(cache.linkCustomer(first, 'cus_1')).rejects.toMatchObject({ kind: 'conflict' });
    await cache.removeUnlinkedUser(first);
    await cache.linkCustomer(second, 'cus_1');
    await expect(cache.linkCustomer(second, 'cus_2')).rejects.toMatchObject({ kind: 'conflict' });
    expect(await cache.userByEmail(EMAIL)).toMatchObject({ passwordHash: 'hash of user_2', customer: 'cus_1' });
  });

  test('in twenty sign-ups at once is one', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => signUp(`user_${index}`)));
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1);
  });

  test('is taken away only as long as half-made', async () => {
    await cache.removeUnlinkedUser(await signUp('user_1'));
    const second = await signUp('user_2');
    expect(second.id).toBe('user_2');
    await cache.linkCustomer(second, 'cus_2');
    await cache.removeUnlinkedUser(second);
    expect(await cache.userByCustomer('cus_2')).toBeDefined();
  });
});

describe('a sign-in', () => {
  beforeEach(async () => {
    await cache.linkCustomer(await signUp('user_1'), 'cus_1');
    await cache.createLogin({ tokenHash: 'hash', userId: 'user_1', expiresAt: 1000 }, 0);
  });

  test('tells the user until it expires', async () => {
    expect(await cache.userByLogin('hash', 999)).toMatchObject({ id: 'user_1', customer: 'cus_1' });
    expect(await cache.userByLogin('hash', 1000)).toBeUndefined();
    expect(await cache.userByLogin('other', 0)).toBeUndefined();
  });

  test('is forgotten after it has expired, when the next one is made', async () => {
    await cache.createLogin({ tokenHash: 'next', userId: 'user_1', expiresAt: 2000 }, 999);
    expect(await cache.userByLogin('hash', 0)).toBeDefined();
    await cache.createLogin({ tokenHash: 'last', userId: 'user_1', expiresAt: 2000 }, 1000);
    expect(await cache.userByLogin('hash', 0)).toBeUndefined();
    expect(await cache.userByLogin('next', 0)).toBeDefined();
  });

  test('ends with the sign-out, and no other with it', async () => {
    await cache.createLogin({ tokenHash: 'second', userId: 'user_1', expiresAt: 1000 }, 0);
    await cache.removeLogin('hash');
    expect(await cache.userByLogin('hash', 0)).toBeUndefined();
    expect(await cache.userByLogin('second', 0)).toBeDefined();
  });
});
