import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Commits } from '../../../../core/cache/sqlite/commits.ts';

let database: Database.Database;
let commits: Commits;
let committed: number;

beforeEach(() => {
  database = new Database(':memory:');
  database.exec('CREATE TABLE notes (text TEXT)');
  committed = 0;
  commits = new Commits(database, () => (committed += 1));
});

afterEach(() => database.close());

const note = (text: string) => () => database.prepare('INSERT INTO notes VALUES (?)').run(text).changes;
const notes = () => database.prepare('SELECT text FROM notes').pluck().all();

test('what comes together is written in order, in one commit', async () => {
  const results = await Promise.all(['one', 'two', 'three'].map((text) => commits.write(note(text))));
  expect(results).toEqual([1, 1, 1]);
  expect(notes()).toEqual(['one', 'two', 'three']);
  expect(committed).toBe(1);
});

describe('where more come in each turn of the event loop', () => {
  const oneMoreInEachTurn = async (many: number) => {
    const written: Array<Promise<number>> = [];
    for (let turn = 0; turn < many; turn += 1) {
      written.push(commits.write(note(`in turn ${turn}`)));
      await setImmediate();
    }
    return written;
  };

  test('one alone waits for no other', async () => {
    await Promise.all(await oneMoreInEachTurn(3));
    expect(committed).toBe(3);
  });

  test('they share a commit once there are two', async () => {
    const [first, second] = [commits.write(note('one')), commits.write(note('two'))];
    await Promise.all([first, second, ...(await oneMoreInEachTurn(20))]);
    expect(notes()).toHaveLength(22);
    expect(committed).toBe(1);
  });

  test('enough of them do not wait for more', async () => {
    const many = Array.from({ length: 64 }, (_, index) => commits.write(note(`at once ${index}`)));
    const [later] = await oneMoreInEachTurn(1);
    expect(notes()).toHaveLength(65);
    await Promise.all([...many, later]);
    expect(committed).toBe(1);
  });
});

test('work that throws half-way undoes itself, and nothing beside it', async () => {
  const halfDone = () => {
    note('half')();
    throw new Error('no further');
  };
  const settled = await Promise.allSettled([commits.write(note('before')), commits.write(halfDone), commits.write(note('after'))]);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(notes()).toEqual(['before', 'after']);
});

describe('what is to be done instead', () => {
  const failing = (error: Error) => () => {
    note('half')();
    throw error;
  };
  const noteThat = (error: unknown) => note(`failed: ${(error as Error).message}`)();

  test('is done where the work fails by itself, in its place and in the same commit', async () => {
    const results = await Promise.all([commits.write(note('before')), commits.write(failing(new Error('no further')), noteThat), commits.write(note('after'), noteThat)]);
    expect(results).toEqual([1, 1, 1]);
    expect(notes()).toEqual(['before', 'failed: no further', 'after']);
    expect(committed).toBe(1);
  });

  test('is not done where the store fails', async () => {
    const settled = await Promise.allSettled([commits.write(note('before')), commits.write(failing(Object.assign(new Error('no'), { code: 'SQLITE_FULL' })), noteThat)]);
    expect(settled).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { kind: 'unreachable' } }]);
    expect(notes()).toEqual(['before']);
  });

  test('where it fails as well, nothing of both is kept', async () => {
    const settled = await Promise.allSettled([commits.write(failing(new Error('no further')), failing(new Error('no longer'))), commits.write(note('after'))]);
    expect(settled).toMatchObject([{ status: 'rejected', reason: { message: 'no longer' } }, { status: 'fulfilled' }]);
    expect(notes()).toEqual(['after']);
  });
});

test('a transaction that breaks is told to everyone in it, and nothing of it is kept', async () => {
  const breakDown = () => {
    database.exec('ROLLBACK');
    throw new Error('the disk is full');
  };
  const settled = await Promise.allSettled([commits.write(note('before')), commits.write(breakDown), commits.write(note('after'))]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(notes()).toEqual([]);
  expect(committed).toBe(0);
});
