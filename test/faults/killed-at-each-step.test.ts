/** R01: a daemon that is killed at each step of taking events, while Stripe sends again what was not answered by 2xx. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDaemon } from '../support/daemon.ts';
import { openDeclinedCustomer, post, type DeclinedCustomer } from './declined-customer.ts';
import type { DaemonProgram } from './programs/daemon.ts';
import { startProgram } from './programs.ts';
import { tried } from './tried.ts';
import { through, type Wrong } from './wrong.ts';

/** Daemons at once: each takes a second of a core to start. */
const AT_ONCE = 2;
const NOT_HIT = 'not hit';

let customer: DeclinedCustomer;

beforeAll(async () => {
  customer = await openDeclinedCustomer();
});

afterAll(() => customer.close());

/** What is wrong after a daemon was killed at that step, and another was told again what it had not acknowledged. */
async function killedAt(step: number, wrong?: Wrong): Promise<string[] | typeof NOT_HIT> {
  const file = customer.file();
  const { stripeApiBase, untold } = customer;
  const child = startProgram<DaemonProgram>('daemon', { path: file.path, stripeApiBase, killAt: step, ...(wrong ? { wrong } : {}) });
  const url = (await child.printed(/listens on (\S+)/))[1] ?? '';
  const acknowledged = new Set<string>();
  for (const event of untold) {
    const status = await post(url, event);
    if (status === 200) acknowledged.add(event.id);
    if (status === null) break;
  }
  const isHit = (await child.stop()).code === null;
  const daemon = await openDaemon({ beside: { file }, stripeApiBase, through: through(wrong, file.path) });
  for (const event of untold.filter(({ id }) => !acknowledged.has(id))) expect(await post(daemon.url, event), `step ${step}: ${event.type} is sent again`).toBe(200);
  const wrongs = await customer.wrongIn(daemon.cache, file.path);
  await daemon.close();
  await file.remove();
  return isHit ? wrongs : NOT_HIT;
}

/** Kills at step 1, 2, 3 …, until a daemon is not hit any more, or what is wrong has these words. */
async function killAtEachStep(wrong?: Wrong, words = /./): Promise<{ kills: number; wrongs: string[] }> {
  for (let step = 1; ; step += AT_ONCE) {
    const steps = Array.from({ length: AT_ONCE }, (_, index) => step + index);
    const found = await Promise.all(steps.map((each) => killedAt(each, wrong)));
    const wrongs = found.flatMap((each, index) => (each === NOT_HIT ? [] : each.filter((what) => words.test(what)).map((what) => `killed at step ${steps[index]}: ${what}`)));
    const kills = step - 1 + found.filter((each) => each !== NOT_HIT).length;
    if (wrongs.length > 0 || found.includes(NOT_HIT)) return { kills, wrongs };
  }
}

test('R01: killed at any step, no event is lost, and none has its effect twice', async () => {
  const { kills, wrongs } = await killAtEachStep();
  expect(wrongs).toEqual([]);
  expect(kills).toBeGreaterThan(40);
  tried('R01', { kills, events: (kills + 1) * customer.untold.length, lost: 0 });
});

test.for<[Wrong, RegExp]>([
  ['answers before the commit', /lost: /],
  ['marks an event as seen before it applies it', /lost: /],
])('R01: a daemon that %s is caught', async ([wrong, says]) => {
  const { kills, wrongs } = await killAtEachStep(wrong, says);
  expect(wrongs).not.toEqual([]);
  tried('R01', { kills, wrong: 1 });
});
