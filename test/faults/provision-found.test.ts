/** R49: an account with 250 portal configurations of one second, where ours lies on the third page. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Build } from './provision-builds.ts';
import { CHALLENGE } from './provision-machines.ts';
import { openScene, type Scene } from './provision-scene.ts';
import { tried } from './tried.ts';

const MANY = 250;
const PAGE = 100;
const LIST = '/v1/billing_portal/configurations';
const WARNING = `warning there are more than 100 portal configurations, and none of the newest 100 carries ${CHALLENGE}; --all looks at every one\n`;

let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
  vi.useFakeTimers({ toFake: ['Date'] });
  expect((await scene.run(['provision', 'portal'])).code).toBe(0);
  const foreign = { features: { invoice_history: { enabled: true } } };
  for (let made = 1; made < MANY; made += 1) await scene.stripe.billingPortal.configurations.create(foreign);
  vi.useRealTimers();
  scene.line.calls.length = 0;
});

afterEach(() => scene.close());

async function configurations() {
  return scene.stripe.billingPortal.configurations.list({ limit: PAGE }).autoPagingToArray({ limit: 2 * MANY });
}

/** Without the line that says whose account it is. */
function talk(stderr: string): string {
  return stderr.replace(/^account .*\n/, '');
}

/** Ours are found on every page, and none is made. */
async function wrongsWithAll(build?: Build): Promise<string[]> {
  const { code, stdout, stderr } = await scene.run(['provision', 'portal', '--all'], { build });
  const pages = scene.line.calls.filter(({ path, method }) => method === 'GET' && path === LIST).length;
  const left = (await configurations()).length;
  return [
    ...(code === 0 && stdout === 'Nothing to do: portal configuration matches.\n' && talk(stderr) === '' ? [] : [`ended with ${code}: ${stdout}${stderr}`]),
    ...(pages === 3 ? [] : [`${pages} pages read`]),
    ...(left === MANY ? [] : [`${left} configurations`]),
  ];
}

test('R49: --all finds ours by its pages, and makes none', async () => {
  const all = await configurations();
  expect(new Set(all.map(({ created }) => created)).size, 'seconds').toBe(1);
  expect(all.findIndex(({ metadata }) => metadata?.challenge_id === CHALLENGE)).toBeGreaterThanOrEqual(2 * PAGE);
  expect(await wrongsWithAll()).toEqual([]);
  tried('R49', { cases: 1 });
});

async function isWarned(build?: Build): Promise<boolean> {
  const { code, stderr } = await scene.run(['provision', 'portal', '--diff'], { build });
  expect(code).toBe(0);
  return talk(stderr).startsWith(WARNING);
}

test.for([
  ['on the same day', MANY],
  ['on the next day', MANY + 1],
] as const)('R49: without --all a warning names how many there are and the flag; who goes on %s ends with the one that was there', async ([day, many]) => {
  const [before] = await oursInUse();
  expect(await isWarned()).toBe(true);
  if (day === 'on the next day') scene.line.manner = { idempotencyKey: (key) => `${key}-next-day` };
  const { code, stderr } = await scene.run(['provision', 'portal']);
  expect([code, talk(stderr)]).toEqual([0, WARNING]);
  expect(await oursInUse()).toEqual([before]);
  expect(await configurations()).toHaveLength(many);
  expect((await scene.run(['provision', 'portal', '--all', '--detailed-exitcode'])).code).toBe(0);
  tried('R49', { cases: 1 });
});

async function oursInUse(): Promise<string[]> {
  return (await configurations()).filter(({ metadata, active }) => active && metadata?.challenge_id === CHALLENGE).map(({ id }) => id);
}

test('R49: a devchat that looks at the first page, whatever it is told, is caught', async () => {
  expect(await wrongsWithAll('looks at the first page, whatever it is told')).not.toEqual([]);
  tried('R49', { wrong: 1 });
});

test('R49: a devchat that says nothing of other pages is caught', async () => {
  expect(await isWarned('says nothing of other pages')).toBe(false);
  tried('R49', { wrong: 1 });
});
