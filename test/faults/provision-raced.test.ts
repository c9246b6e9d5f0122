/** R20: eight `devchat provision` at the same moment, of one version or of two, with idempotency keys that agree or are of no help. */
import { expect, test } from 'vitest';
import { CHALLENGE_KEY, oldestFirst } from '../../core/provisioned.ts';
import type { Finished } from '../support/processes.ts';
import type { Manner } from '../support/stripe-line.ts';
import type { Build } from './provision-builds.ts';
import { failures, madeIn, notMadeOnce } from './provision-judge.ts';
import { allHaveLooked } from './provision-meetings.ts';
import { keysOf, racersOf, run, unclear, wrongsAfterOneMore, type Race } from './provision-race.ts';
import { inScene, type Scene } from './provision-scene.ts';
import { tried } from './tried.ts';

const EIGHT = 8;

/** Where something is made. */
const COLLECTIONS = ['/v1/billing_portal/configurations', '/v1/webhook_endpoints'];

type Aged = Parameters<typeof oldestFirst>[0];

/** Eight that all have looked before any of them writes. */
async function eight(race: Race, scene: Scene, manner: Manner = {}): Promise<Finished[]> {
  const racers = racersOf(EIGHT, race);
  return run(race, scene, racers, { ...manner, ...allHaveLooked(keysOf(racers)) });
}

/** As each machine sees it, or the only one. */
async function wrongsEverywhere(scene: Scene, race: Race): Promise<string[]> {
  const machines = new Set(racersOf(EIGHT, race).map(({ machine }) => machine));
  return (await Promise.all([...machines].map((machine) => scene.wrongs(machine)))).flat();
}

async function wrongsWhereKeysAgree(race: Race): Promise<string[]> {
  return inScene(async (scene) => [...failures(...(await eight(race, scene))), ...(await notMadeOnce(scene.stripe)), ...(await wrongsEverywhere(scene, race))]);
}

test.for<[string, Race]>([
  ['on machines of their own', { isApart: true }],
  ['on one machine', {}],
])('R20: eight at once %s: each is made once, and all succeed', async ([, race]) => {
  expect(await wrongsWhereKeysAgree(race)).toEqual([]);
  tried('R20', { cases: 1 });
});

test('R20: eight at once, while the first is waiting for the answer that the others ask for, too', async () => {
  await inScene(async (scene) => {
    for (const on of ['POST /v1/products', 'POST /v1/webhook_endpoints']) await scene.fault({ on, answer: 'delay', seconds: 1 });
    const finished = await eight({ isApart: true }, scene);
    expect([...failures(...finished), ...(await notMadeOnce(scene.stripe)), ...(await wrongsEverywhere(scene, { isApart: true }))]).toEqual([]);
    expect(finished.map(({ stderr }) => stderr).join('')).toContain('waiting: Stripe answered 409 to POST /v1/products');
  });
  tried('R20', { cases: 1 });
});

/** Everything that was made today is gone: Stripe repeats answers that do not fit any more. */
async function loseAll({ stripe, run: runOne }: Scene): Promise<void> {
  expect((await runOne(['provision'])).code).toBe(0);
  const untagged = { metadata: { [CHALLENGE_KEY]: '' } };
  const { product, price, portal_configuration: portal, webhook_endpoint: endpoint } = await madeIn(stripe);
  for (const { id } of price) await stripe.prices.update(id, { active: false, lookup_key: '', ...untagged });
  for (const { id } of product) await stripe.products.update(id, untagged);
  for (const { id } of portal) await stripe.billingPortal.configurations.update(id, untagged);
  for (const { id } of endpoint) await stripe.webhookEndpoints.del(id);
}

async function wrongsAfterTheLoss(race: Race): Promise<string[]> {
  return inScene(async (scene) => {
    await loseAll(scene);
    return [...failures(...(await eight(race, scene))), ...(await notMadeOnce(scene.stripe)), ...(await wrongsEverywhere(scene, race))];
  });
}

test('R20: eight at once, on a day on which Stripe repeats answers that do not fit: each is made once', async () => {
  expect(await wrongsAfterTheLoss({ isApart: true })).toEqual([]);
  tried('R20', { cases: 1 });
});

test('R20: eight at once whose keys are of no help: one of each is left, and all succeed', async () => {
  await inScene(async (scene) => {
    expect([...failures(...(await eight({ isWithoutKeys: true }, scene))), ...(await scene.wrongs())]).toEqual([]);
  });
  tried('R20', { cases: 1 });
});

/** Each must know the secret of an endpoint, though it can be none of the others', and one more run must leave one of each. */
async function wrongsApartWithoutKeys(build?: Build): Promise<string[]> {
  const race: Race = { isApart: true, isWithoutKeys: true, ...(build ? { build } : {}) };
  return inScene(async (scene) => {
    const ended = failures(...(await eight(race, scene)));
    const { length: endpoints } = (await madeIn(scene.stripe)).webhook_endpoint;
    const machines = racersOf(EIGHT, race).map(({ machine = '' }) => machine);
    const unknown = await Promise.all(machines.map(async (machine) => (await scene.wrongs(machine)).filter((what) => what.endsWith('is not saved')).length));
    const poor = machines.filter((_, index) => unknown[index] === endpoints);
    return [...ended, ...poor.map((machine) => `${machine} knows no secret`), ...(await wrongsAfterOneMore(scene, race))];
  });
}

test('R20: eight at once on machines of their own whose keys are of no help: each has an endpoint, and one more run leaves one of each', async () => {
  expect(await wrongsApartWithoutKeys()).toEqual([]);
  tried('R20', { cases: 1 });
});

/** What is wrong after each of eight has made one: what is left must be the oldest, and of those the lowest id. */
async function wrongsAmongEight(race: Race): Promise<string[]> {
  return inScene(async (scene) => {
    const made: Aged[] = [];
    const answered: Manner['answered'] = ({ body }, { isWrite, path }) => {
      if (isWrite && COLLECTIONS.includes(path)) made.push(JSON.parse(body) as Aged);
    };
    const finished = await eight({ ...race, isWithoutKeys: true }, scene, { answered });
    const left = Object.values(await madeIn(scene.stripe)).flat().filter(({ isInUse }) => isInUse).map(({ id }) => id);
    const [first] = made.sort(oldestFirst);
    expect(made.length, 'they meet').toBeGreaterThanOrEqual(EIGHT);
    return [...failures(...finished), ...(left.join() === first?.id ? [] : [`${left.join(', ')} in use, and ${first?.id} is the first`])];
  });
}

test.for<[string, Race]>([
  ['portal configurations', { args: ['provision', 'portal'] }],
  ['webhook endpoints', { args: ['provision', 'webhook'] }],
  ['webhook endpoints, whose secrets are saved at the same moment', { args: ['provision', 'webhook'], build: 'is slow to save' }],
])('R20: of eight %s that were made at once, the oldest with the lowest id is left', async ([, race]) => {
  expect(await wrongsAmongEight(race)).toEqual([]);
  tried('R20', { cases: 1 });
});

test.for<[string, Race]>([
  ['on machines of their own', { isApart: true }],
  ['on one machine', {}],
  ['whose keys are of no help', { isWithoutKeys: true }],
])('R20: eight of two versions at once, %s: at most they say so, and one more run leaves one of each', async ([, race]) => {
  await inScene(async (scene) => {
    const finished = await eight({ ...race, isOfTwoVersions: true }, scene);
    expect([...unclear(finished), ...(await wrongsAfterOneMore(scene, race))]).toEqual([]);
  });
  tried('R20', { cases: 1 });
});

test.for<[Build, (race: Race) => Promise<string[]>, Race, RegExp]>([
  ['lets each run have a key of its own', wrongsWhereKeysAgree, { isApart: true }, /^8 of product made$/],
  ['makes up keys where an answer does not fit', wrongsAfterTheLoss, { isApart: true }, /of product made$/],
  ['replaces what others just made', ({ build }) => wrongsApartWithoutKeys(build), {}, /knows no secret$/],
  ['does not look again', wrongsAmongEight, { args: ['provision', 'portal'] }, /in use, and .* is the first$/],
  ['leaves to others what others made', wrongsAmongEight, { args: ['provision', 'portal'] }, /in use, and .* is the first$/],
  ['is slow to save, and does not wait for its turn', wrongsAmongEight, { args: ['provision', 'webhook'] }, /in use, and .* is the first$|not converged/],
])('R20: a devchat that %s is caught', async ([build, wrongsOf, race, says]) => {
  const wrongs = await wrongsOf({ ...race, build });
  expect(wrongs.filter((what) => says.test(what))).not.toEqual([]);
  tried('R20', { wrong: 1 });
});
