/** R50: each setting of what was provisioned is changed by hand in turn: the plan shows exactly that, and applying it restores it. */
import { expect, test } from 'vitest';
import { desired, PARTS } from '../../cli/provision/desired.ts';
import { KINDS, type Kind } from '../../cli/provision/resources/resource.ts';
import { leavesOf } from '../../cli/provision/settings.ts';
import type { Build } from './provision-builds.ts';
import { EDITS, type Edit } from './provision-edits.ts';
import { inUse } from './provision-judge.ts';
import { BASE_URL, CHALLENGE } from './provision-machines.ts';
import { inScene, type Scene } from './provision-scene.ts';
import { tried } from './tried.ts';

const CHANGES = 2;

interface Shown {
  changes: { action: string; kind: Kind; fields: { path: string }[] }[];
  applied: boolean;
}

/** Runs `devchat provision --json <flags>`; returns what it shows, or how it failed. */
async function shownBy({ run }: Scene, flags: readonly string[], build?: Build): Promise<string[]> {
  const { code, stdout, stderr } = await run(['provision', '--json', '--detailed-exitcode', ...flags], { build });
  if (code !== 0 && code !== CHANGES) return [`ended with ${code}: ${stderr}`];
  const { changes, applied } = JSON.parse(stdout) as Shown;
  const rows = changes.map(({ action, kind, fields }) => (action === 'create' ? `create ${kind}` : `${action} ${kind}: ${fields.map(({ path }) => path).join(', ')}`));
  return code === (rows.length > 0 ? CHANGES : 0) && applied === (rows.length > 0 && flags.length === 0) ? rows : [...rows, `ended with ${code}, applied ${applied}`];
}

/** What is wrong once a setting was changed, and the change was shown and taken back. */
async function wrongsAfter(scene: Scene, kind: Kind, name: string, build?: Build): Promise<string[]> {
  const { by, shows = [`update ${kind}: ${name}`], leaves } = EDITS[kind][name] as Edit;
  const before = await inUse(scene.stripe);
  await by(scene, before);
  const planned = await shownBy(scene, ['--diff'], build);
  const applied = await shownBy(scene, [], build);
  const again = await shownBy(scene, ['--diff'], build);
  const besides = (await leaves?.(scene, before, await inUse(scene.stripe))) ?? [];
  return [
    ...(sameRows(planned, shows) ? [] : [`the plan shows ${planned.join('; ')}`]),
    ...(sameRows(applied, shows) ? [] : [`applied is ${applied.join('; ')}`]),
    ...again.map((row) => `planned again: ${row}`),
    ...besides,
    ...(await scene.wrongs()),
  ].map((what) => `${kind} ${name}: ${what}`);
}

function sameRows(rows: readonly string[], others: readonly string[]): boolean {
  return rows.join('\n') === others.join('\n');
}

test('R50: no declared setting is left out', () => {
  const wanted = desired({ challengeId: CHALLENGE, parts: PARTS, baseUrl: BASE_URL });
  const declared = wanted.flatMap(({ kind, settings }) => leavesOf(settings).map(({ path }) => `${kind} ${path.join('.')}`));
  const edited = KINDS.flatMap((kind) => Object.keys(EDITS[kind]).map((name) => `${kind} ${name}`));
  expect(edited).toEqual(expect.arrayContaining(declared));
});

test.for(KINDS)('R50: each setting of the %s in turn', async (kind) => {
  const names = Object.keys(EDITS[kind]);
  await inScene(async (scene) => {
    expect((await scene.run(['provision'])).code).toBe(0);
    const wrongs: string[] = [];
    for (const name of names) wrongs.push(...(await wrongsAfter(scene, kind, name)));
    expect(wrongs).toEqual([]);
  });
  tried('R50', { cases: names.length });
});

test.for<[Build, Kind, string]>([
  ['takes each setting for right that is there', 'product', 'name'],
  ['leaves the lookup key where it is', 'price', 'unit_amount'],
  ['archives a price without looking at its product', 'price', 'a default price of another amount'],
])('R50: a devchat that %s is caught', async ([build, kind, name]) => {
  await inScene(async (scene) => {
    expect((await scene.run(['provision'])).code).toBe(0);
    expect(await wrongsAfter(scene, kind, name, build)).not.toEqual([]);
  });
  tried('R50', { wrong: 1 });
});
