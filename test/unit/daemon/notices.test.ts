import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Cache } from '../../../core/cache/cache.ts';
import type { NoticeDelivery } from '../../../core/notices/notice.ts';
import { createLogger } from '../../../daemon/logger.ts';
import { sendToAddress } from '../../../daemon/notices/address.ts';
import { sendToCommand } from '../../../daemon/notices/command.ts';
import { pauseAfter, Sender, type Send } from '../../../daemon/notices/sender.ts';
import { freshCacheFile, tell, type CacheFile } from '../../support/caches.ts';
import { ended } from '../../support/ended-subscription.ts';
import { NOTICE_SECRET } from '../../support/notice-receiver.ts';
import { waitFor } from '../../support/wait-for.ts';

const HOUR_MILLISECONDS = 3_600_000;

let file: CacheFile;
let cache: Cache;
let log: string[];
const senders: Sender[] = [];

beforeEach(async () => {
  file = freshCacheFile();
  cache = await file.open({ livemode: false, noticeTargets: ['command'] });
  log = [];
});

afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.stop()));
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await file.remove();
});

async function sending(send: Send, { to = cache, limitMilliseconds = 30_000 } = {}): Promise<Sender> {
  const sender = new Sender({ name: 'command', limitMilliseconds, send }, to, createLogger({ plain: false, write: (line) => log.push(line) }));
  senders.push(sender);
  await sender.start();
  return sender;
}

const command = (noticeCommand: string) => sendToCommand({ noticeCommand });
const failure = () => waitFor('the failure', async () => (await cache.noticeTargets())[0]?.lastError);
const isSent = () => waitFor('success', async () => (await cache.noticeTargets()).length === 0);

describe('the pause after a failure', () => {
  test('is 5 s, doubled each time, an hour at the most, and a little less by chance', () => {
    const longest = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600].map((seconds) => seconds * 1000);
    for (const [tries, pause] of longest.entries()) {
      const pauses = Array.from({ length: 50 }, () => pauseAfter(tries));
      expect(Math.max(...pauses)).toBeLessThanOrEqual(pause);
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(pause * 0.8);
      expect(new Set(pauses).size).toBeGreaterThan(10);
    }
    expect(pauseAfter(100_000)).toBeLessThanOrEqual(HOUR_MILLISECONDS);
  });

  test('keeps no other notice waiting', async () => {
    const sent: string[] = [];
    await sending(({ body }) => {
      if (body.includes('sub_bad')) return Promise.reject(new Error('no'));
      sent.push(body);
      return Promise.resolve();
    });
    for (let each = 1; each <= 10; each += 1) await tell(cache, ended(`sub_bad_${each}`));
    await tell(cache, ended('sub_good'));
    await waitFor('the good one', () => sent.length === 1);
    await waitFor('the ten that failed', () => log.filter((line) => line.includes('not sent')).length === 10);
    expect(await cache.noticeTargets()).toMatchObject([{ waiting: 10, lastError: 'no' }]);
  });
});

describe('a command', () => {
  test.each([
    ['exit 3', /^exit 3$/],
    ['echo first >&2; printf "last \\033[31mred\\n\\n" >&2; exit 1', /^exit 1, last \[31mred$/],
    ['kill -9 $$', /^killed by SIGKILL$/],
    ['no-such-program', /^exit 127, .*no-such-program.*not found$/],
    [`head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1`, /^exit 1, x{192}$/],
  ])('%s: the error is one line', async (text, error) => {
    await sending(command(text));
    await tell(cache, ended('sub_1'));
    expect(await failure()).toMatch(error);
  });

  test.each(['exec <&-; exit 0', 'true', 'sleep 3 & exit 0'])('%s: it need not read its input, nor end what it started', async (text) => {
    await sending(command(text));
    for (let each = 1; each <= 10; each += 1) await tell(cache, ended(`sub_${each}`));
    await isSent();
  });

  test.each([
    ['DEVCHAT_CACHE', 'postgres://devchat:pass-of-the-cache@127.0.0.1/devchat', false],
    ['DEVCHAT_CACHE', 'postgresql://127.0.0.1/devchat?user=devchat&password=pass-of-the-cache', false],
    ['PGPASSWORD', 'pass-of-the-cache', false],
    ['DEVCHAT_CACHE', 'postgres://devchat@127.0.0.1/devchat', true],
    ['DEVCHAT_CACHE', '/var/lib/devchat/cache.sqlite', true],
  ])('beside %s=%s: it inherits that: %s', async (name, value, isInherited) => {
    vi.stubEnv(name, value).stubEnv('FOR_THE_COMMAND', 'yes');
    const inherited = join(file.folder, 'env');
    await sending(command(`env > '${inherited}'`));
    await tell(cache, ended('sub_1'));
    await isSent();
    const lines = readFileSync(inherited, 'utf8').split('\n');
    expect(lines).toContain('FOR_THE_COMMAND=yes');
    expect(lines.includes(`${name}=${value}`)).toBe(isInherited);
    if (!isInherited) expect(lines.join('\n')).not.toContain('pass-of-the-cache');
  });

  test('that takes too long is killed with its children, and counts as failed', async () => {
    const pid = join(file.folder, 'pid');
    await sending(command(`sleep 1000 & echo $! > '${pid}'; wait`), { limitMilliseconds: 300 });
    await tell(cache, ended('sub_1'));
    expect(await failure()).toBe('not done within 0.3 s');
    await waitFor('the child to end', () => !isAlive(Number(readFileSync(pid, 'utf8'))));
  });

  test('whose child has left for a session of its own keeps nobody waiting', async () => {
    const pid = join(file.folder, 'pid');
    await sending(command(`setsid sh -c 'echo $$ > "${pid}"; exec sleep 1000' & wait`), { limitMilliseconds: 1_000 });
    await tell(cache, ended('sub_1'));
    expect(await failure()).toBe('not done within 1 s');
    process.kill(Number(readFileSync(pid, 'utf8')));
  });
});

test('an address whose answer breaks off after its status has answered, and leaves no rejection that would end the daemon', async () => {
  const broken = new ReadableStream({ start: (controller) => controller.error(new Error('broke off')) });
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(broken)));
  const unhandled = vi.fn();
  process.once('unhandledRejection', unhandled);
  const send = sendToAddress({ noticeUrl: 'http://127.0.0.1:9/', noticeSecret: NOTICE_SECRET });
  await send({ id: 'msg_1', target: 'address', body: '{}', tries: 0 }, new AbortController().signal);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', unhandled);
  vi.unstubAllGlobals();
  expect(unhandled).not.toHaveBeenCalled();
});

describe('dying while a notice is on its way', () => {
  /** Runs `sendOne` until the notice is under way, lets it die there, and counts what the next daemon finds once the lease is over. */
  async function leftAfterDeathOf(sendOne: (dying: Cache, send: Send) => Promise<unknown>): Promise<number> {
    const dying = await file.open({ livemode: false, noticeTargets: ['command'] });
    await tell(dying, ended('sub_1'));
    const underWay = new Promise<void>((begun) => {
      void sendOne(dying, () => new Promise(() => begun()));
    });
    await underWay;
    return (await cache.claimNotices(['command'], Date.now() + HOUR_MILLISECONDS, 0)).length;
  }

  test('loses nothing, since success is noted after sending', async () => {
    expect(await leftAfterDeathOf((dying, send) => sending(send, { to: dying }))).toBe(1);
  });

  test('would lose the notice if it were noted before', async () => {
    const marksFirst = async (dying: Cache, send: Send) => {
      const [delivery] = (await dying.claimNotices(['command'], Date.now(), 0)) as [NoticeDelivery];
      await dying.noticeDelivered(delivery, Date.now());
      await send(delivery, new AbortController().signal);
    };
    expect(await leftAfterDeathOf(marksFirst)).toBe(0);
  });
});

test('at most four are under way at once, and no fifth is claimed', async () => {
  let underWay = 0;
  const release: Array<() => void> = [];
  await sending(() => new Promise<void>((done) => {
    underWay += 1;
    release.push(done);
  }));
  for (let each = 1; each <= 9; each += 1) await tell(cache, ended(`sub_${each}`));
  await waitFor('four', () => underWay === 4);
  expect(await cache.claimNotices(['command'], Date.now(), 0)).toHaveLength(5);
  release.splice(0).forEach((done) => done());
  await waitFor('the next four', () => underWay === 8);
});

test('where nothing is due, looking changes nothing: no look wakes the next', async () => {
  let changes = 0;
  cache.onChange(() => (changes += 1));
  for (let each = 1; each <= 20; each += 1) await cache.claimNotices(['command'], Date.now(), 0);
  expect(changes).toBe(0);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
