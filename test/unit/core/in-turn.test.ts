import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inTurn } from '../../../core/in-turn.ts';
import { freshFolder, type FreshFolder } from '../../support/folders.ts';

let fresh: FreshFolder;
let path: string;

beforeEach(() => {
  fresh = freshFolder();
  path = join(fresh.path, 'lock');
});

afterEach(() => fresh.remove());

test('the file is there during the work and gone after it, be it that it failed', async () => {
  expect(await inTurn(path, () => existsSync(path))).toBe(true);
  await expect(inTurn(path, () => fail())).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});

test('whoever comes meanwhile waits', async () => {
  const order: string[] = [];
  const second = await inTurn(path, () => {
    const waiting = inTurn(path, () => order.push('second'));
    order.push('first');
    return { waiting };
  });
  await second.waiting;
  expect(order).toEqual(['first', 'second']);
});

test('what a killed process left does not hold others up for long', async () => {
  writeFileSync(path, '');
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(path, longAgo, longAgo);
  expect(await inTurn(path, () => 'done')).toBe('done');
});

test('a folder that is not there is an error', async () => {
  await expect(inTurn(join(fresh.path, 'nowhere', 'lock'), () => 'done')).rejects.toThrow('ENOENT');
});

function fail(): never {
  throw new Error('no');
}
