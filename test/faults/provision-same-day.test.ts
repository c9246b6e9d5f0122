/** R51 and I5: the same and other contents within the day for which Stripe repeats its answers; and no secret is shown by any run. */
import { expect, test } from 'vitest';
import type { Kind } from '../../cli/provision/resources/resource.ts';
import type { Build } from './provision-builds.ts';
import { EDITS, type Edit } from './provision-edits.ts';
import { inUse } from './provision-judge.ts';
import { inScene, type Scene } from './provision-scene.ts';
import { tried } from './tried.ts';

/** Nobody has to know how Stripe recognizes a call. */
const ABOUT_KEYS = /idempot/i;
const IN_TURN: readonly (Build | undefined)[] = [undefined, 'is another version', undefined, 'is another version'];

/** What is wrong after two versions of devchat have taken turns, two times each: the last one has the say. */
async function wrongsAfterTurns(builds: readonly (Build | undefined)[]): Promise<string[]> {
  return inScene(async (scene) => {
    const wrongs: string[] = [];
    for (const build of builds) {
      const { code, stdout, stderr } = await scene.run(['provision'], { build });
      if (code !== 0 || ABOUT_KEYS.test(stdout + stderr)) wrongs.push(`ended with ${code}: ${stdout}${stderr}`);
    }
    const { code, stdout } = await scene.run(['provision', '--diff', '--prune', '--detailed-exitcode'], { build: builds.at(-1) });
    return [...wrongs, ...(code === 0 ? [] : [`left to do: ${stdout}`])];
  });
}

test('R51: two versions with different contents in turn, within a day: each turn succeeds, and the last one has the say', async () => {
  expect(await wrongsAfterTurns(IN_TURN)).toEqual([]);
  tried('R51', { cases: IN_TURN.length });
});

const TIMES = ['first', 'second', 'third'];

/** What is wrong after the same edits were made, and repaired, three times; the first of it. */
async function wrongsAfterTheSameEdits(edits: readonly [Kind, string][], build?: Build): Promise<string[]> {
  return inScene(async (scene) => {
    expect((await scene.run(['provision'])).code).toBe(0);
    for (const [kind, name, time] of edits.flatMap(([kind, name]) => TIMES.map((time) => [kind, name, time] as const))) {
      const wrongs = await wrongsAfterTheEdit(scene, EDITS[kind][name] as Edit, build);
      if (wrongs.length > 0) return wrongs.map((what) => `${kind} ${name}, for the ${time} time: ${what}`);
    }
    return [];
  });
}

async function wrongsAfterTheEdit(scene: Scene, { by, leaves }: Edit, build?: Build): Promise<string[]> {
  const before = await inUse(scene.stripe);
  await by(scene, before);
  const { code, stdout, stderr } = await scene.run(['provision'], { build });
  const besides = (await leaves?.(scene, before, await inUse(scene.stripe))) ?? [];
  return [...(code === 0 && !ABOUT_KEYS.test(stdout + stderr) ? [] : [`ended with ${code}: ${stdout}${stderr}`]), ...besides, ...(await scene.wrongs())];
}

const SAME_EDITS: [Kind, string][] = [
  ['product', 'all of it'],
  ['price', 'unit_amount'],
  ['price', 'out of sight'],
  ['price', 'a default price of another amount'],
  ['portal_configuration', 'business_profile.headline'],
  ['portal_configuration', 'metadata.challenge_id'],
  ['webhook_endpoint', 'url'],
  ['webhook_endpoint', 'secret'],
  ['webhook_endpoint', 'gone'],
];

test('R51: the same edit by hand three times within a day is repaired three times', async () => {
  expect(await wrongsAfterTheSameEdits(SAME_EDITS)).toEqual([]);
  tried('R51', { cases: TIMES.length * SAME_EDITS.length });
});

test.for<[Build, () => Promise<string[]>]>([
  ['has one key for all contents', () => wrongsAfterTurns(['has one key for all contents', 'is another version, and has one key for all contents'])],
  ['repairs under a key of its own', () => wrongsAfterTheSameEdits([['portal_configuration', 'business_profile.headline']], 'repairs under a key of its own')],
  ['takes a repeated answer for the object', () => wrongsAfterTheSameEdits([['webhook_endpoint', 'gone']], 'takes a repeated answer for the object')],
])('R51: a devchat that %s is caught', async ([, wrongsOf]) => {
  expect(await wrongsOf()).not.toEqual([]);
  tried('R51', { wrong: 1 });
});

async function meetTrouble(flags: readonly string[]): Promise<void> {
  await inScene(async (scene) => {
    await scene.fault({ on: 'POST /v1/webhook_endpoints', answer: '500' });
    await scene.run(['provision', ...flags]);
    await scene.fault({ on: '* /v1/*', answer: '503', times: 100 });
    expect((await scene.run(['provision', ...flags])).code).toBe(5);
  });
}

test('I5: in order and in trouble no secret is shown, as JSON neither', async () => {
  await Promise.all([[], ['--json'], ['--diff'], ['--diff', '--json']].map(meetTrouble));
});

test.for<Build>(['shows what it is answered', 'shows what it sends'])('I5: a devchat that %s is caught', async (build) => {
  await expect(inScene((scene) => scene.run(['provision'], { build }))).rejects.toThrow(/whsec_|canary/);
  tried('I5', { wrong: 1 });
});
