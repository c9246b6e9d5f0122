/** R33, R34 and R35: Stripe fails for a while, its answers are lost, or it asks to call less often, while devchat provisions. */
import { expect, test } from 'vitest';
import { eachAtOnce } from '../../core/at-once.ts';
import type { Fault, FaultAnswer } from '../../sandbox/wire/faults.ts';
import type { Finished } from '../support/processes.ts';
import type { Manner } from '../support/stripe-line.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Build } from './provision-builds.ts';
import { failures, notMadeOnce } from './provision-judge.ts';
import { inScene, type Scene } from './provision-scene.ts';
import { STORIES, type Story } from './provision-stories.ts';
import { tried, type Row } from './tried.ts';

/** Runs at once: they wait most of the time. */
const AT_ONCE = 10;
/** One try, and so many more. */
const TRIES = 6;
const WITHOUT_END = 1_000_000;
const LIMIT_MILLISECONDS = 60_000;
const TRYING_FOR_EVER_MILLISECONDS = 40_000;
const ANY = '* /v1/*';
const CREATIONS = ['POST /v1/products', 'POST /v1/prices', 'POST /v1/billing_portal/configurations', 'POST /v1/webhook_endpoints'];

const EMPTY: Story = STORIES['an empty account'];

interface Trouble extends Partial<Fault> {
  /** In an empty account where not told. */
  story?: Story;
  manner?: Manner;
  build?: Build;
}

async function provisionIn(scene: Scene, { story = EMPTY, manner = {}, build, ...fault }: Trouble): Promise<Finished> {
  await story.prepare(scene);
  scene.line.manner = manner;
  await scene.fault(fault);
  return scene.run(story.args, { build });
}

/** What is wrong after a run that this trouble met: it has to succeed, and in an empty account each is made once. */
async function wrongsUnder(trouble: Trouble): Promise<string[]> {
  return inScene(async (scene) => {
    const finished = await provisionIn(scene, trouble);
    const wrongs = [...failures(finished), ...(trouble.story ? [] : await notMadeOnce(scene.stripe)), ...(await scene.wrongs())];
    return wrongs.map((what) => `${trouble.answer} at ${trouble.on} from call ${trouble.call ?? 1}: ${what}`);
  });
}

/** The numbers of the calls that a run makes in a Stripe without trouble. */
async function eachCall({ prepare, args }: Story = EMPTY): Promise<number[]> {
  return inScene(async (scene) => {
    await prepare(scene);
    expect((await scene.run(args)).code).toBe(0);
    return scene.line.calls.map(({ number }) => number);
  });
}

async function wrongsUnderEach(troubles: readonly Trouble[]): Promise<string[]> {
  const wrongs: string[] = [];
  await eachAtOnce(AT_ONCE, troubles, async (trouble) => wrongs.push(...(await wrongsUnder(trouble))));
  return wrongs;
}

/** What Stripe answers instead, and of which row that is. */
const ANSWERS = { '500_early': 'R33', '502': 'R33', '503': 'R33', reset: 'R34', cut: 'R34', rate_limit: 'R35', lock_timeout: 'R35' } satisfies Partial<Record<FaultAnswer, Row>>;
type Answer = keyof typeof ANSWERS;
const EVERY_ANSWER = Object.keys(ANSWERS) as Answer[];

function triedEach(answers: readonly Answer[], cases: number): void {
  answers.forEach((answer) => tried(ANSWERS[answer], { cases }));
}

test('R33, R34, R35: each failure at each call in turn: the run succeeds, and each is made once', async () => {
  const calls = await eachCall();
  expect(calls.length).toBeGreaterThan(10);
  expect(await wrongsUnderEach(EVERY_ANSWER.flatMap((answer) => calls.map((call) => ({ on: ANY, call, answer }))))).toEqual([]);
  triedEach(EVERY_ANSWER, calls.length);
});

test('R33, R34, R35: each failure five times at each creation: the run succeeds, and each is made once', async () => {
  expect(await wrongsUnderEach(EVERY_ANSWER.flatMap((answer) => CREATIONS.map((on) => ({ on, answer, times: TRIES - 1 }))))).toEqual([]);
  triedEach(EVERY_ANSWER, CREATIONS.length);
});

test.for(['a price to be replaced and a lost endpoint secret', 'duplicates to be pruned'] as const)('R34: %s: an answer is lost at each call in turn: the run succeeds', async (name) => {
  const calls = await eachCall(STORIES[name]);
  expect(calls.length).toBeGreaterThan(15);
  expect(await wrongsUnderEach(calls.map((call) => ({ story: STORIES[name], on: ANY, call, answer: 'cut' })))).toEqual([]);
  tried('R34', { cases: calls.length });
});

/** What is wrong after a run that gave up, and another without trouble. */
async function wrongsAfterGivingUp(trouble: Trouble, says: RegExp): Promise<string[]> {
  return inScene(async (scene) => {
    const { code, stderr } = await provisionIn(scene, trouble);
    await scene.calm();
    const next = await scene.run(['provision'], { build: trouble.build });
    const said = code === 5 && says.test(stderr) ? [] : [`ended with ${code} and said ${stderr}`];
    return [...said, ...failures(next), ...(await notMadeOnce(scene.stripe)), ...(await scene.wrongs())].map((what) => `${trouble.answer} at ${trouble.on}: ${what}`);
  });
}

async function wrongsAfterGivingUpAtEachCreation(trouble: Trouble, says: RegExp): Promise<string[]> {
  return (await Promise.all(CREATIONS.map((on) => wrongsAfterGivingUp({ ...trouble, on }, says)))).flat();
}

/** Says what it waited for, what it could not do and what to do. */
const GIVING_UP = {
  '503': /waiting: Stripe answered 503 to POST \/v1\/\w+[^]*error could not create the [^]*try again; https:\/\/status\.stripe\.com/,
  cut: /waiting: Stripe did not answer POST \/v1\/\w+[^]*error could not create the [^]*check the network/,
  rate_limit: /waiting: Stripe answered 429 to POST \/v1\/\w+[^]*error could not create the [^]*wait a minute and try again/,
} satisfies Partial<Record<Answer, RegExp>>;

test('R33, R34, R35: a failure at each try of a creation: it gives up with exit 5 and says what to do, and the next run finishes', async () => {
  const ends = Object.entries(GIVING_UP).map(([answer, says]) => wrongsAfterGivingUpAtEachCreation({ answer: answer as Answer, times: TRIES }, says));
  expect((await Promise.all(ends)).flat()).toEqual([]);
  triedEach(Object.keys(GIVING_UP) as Answer[], CREATIONS.length);
});

/** Stripe's own way: a failure that is kept for the key is not worth another try. */
const notWorthATry: Manner['answered'] = ({ status, headers }) => {
  if (status >= 500) headers['stripe-should-retry'] = 'false';
};
const SAYS_SORRY = /error could not create the [^]*Sorry![^]*it is safe to run this again/;

test('R33: a failure that Stripe repeats for a day under the same key: the next run on that day succeeds', async () => {
  expect(await wrongsAfterGivingUpAtEachCreation({ answer: '500', manner: { answered: notWorthATry } }, SAYS_SORRY)).toEqual([]);
  tried('R33', { cases: CREATIONS.length });
});

test('R33: a failure that Stripe repeats to the next try: the run succeeds', async () => {
  expect(await wrongsUnderEach(CREATIONS.map((on) => ({ on, answer: '500' })))).toEqual([]);
  tried('R33', { cases: CREATIONS.length });
});

interface Storm {
  wrongs: string[];
  seconds: number;
}

/** A 429 to every call from this one on. */
async function stormFrom(call: number, build?: Build): Promise<Storm> {
  return inScene(async (scene) => {
    const began = performance.now();
    const { code, stderr } = await provisionIn(scene, { on: ANY, call, times: WITHOUT_END, answer: 'rate_limit', build });
    const took = performance.now() - began;
    await scene.calm();
    const next = await scene.run(['provision']);
    const wrongs = [
      ...(code === 5 ? [] : [`ended with ${code}`]),
      ...(took < LIMIT_MILLISECONDS ? [] : [`took ${took} ms`]),
      ...(stderr.includes('waiting: Stripe answered 429 to ') ? [] : ['was silent']),
      ...(/error .*Stripe: Request rate limit exceeded[^]*wait a minute and try again/.test(stderr) ? [] : [`said ${stderr}`]),
      ...failures(next),
      ...(await scene.wrongs()),
    ];
    return { wrongs: wrongs.map((what) => `from call ${call}: ${what}`), seconds: took / 1000 };
  });
}

test('R35: a storm of 429 that does not end, from each call on: it gives up in time, and says what it waits for', async ({ annotate }) => {
  const calls = await eachCall();
  const storms: Storm[] = [];
  await eachAtOnce(calls.length, calls, async (call) => storms.push(await stormFrom(call)));
  expect(storms.flatMap(({ wrongs }) => wrongs)).toEqual([]);
  await annotate(`${Math.max(...storms.map(({ seconds }) => seconds)).toFixed(1)} s at most`);
  tried('R35', { cases: calls.length });
});

/** How often a call is tried in a storm; the account and the portal are read at the same time, and who is first to give up ends both. */
async function triesInAStorm(build?: Build): Promise<number> {
  return inScene(async (scene) => {
    await scene.fault({ on: ANY, answer: 'rate_limit', times: WITHOUT_END });
    const child = scene.start(['provision', 'portal'], { build });
    const triesOf = (part: string) => scene.line.calls.filter(({ path }) => path.startsWith(part)).length;
    const tries = () => Math.max(triesOf('/v1/account'), triesOf('/v1/billing_portal'));
    const isOver = () => tries() > TRIES || child.output().includes('error ');
    await waitFor('it to give up, or to try for ever', isOver, TRYING_FOR_EVER_MILLISECONDS);
    await child.kill();
    return tries();
  });
}

test('R35: a call is tried six times', async () => {
  expect(await triesInAStorm()).toBe(TRIES);
  tried('R35', { cases: 1 });
});

const WITHOUT_KEYS: Manner = { idempotencyKey: () => undefined };

test.for<[Row, string, () => Promise<string[]>]>([
  ['R33', 'never tries again', () => wrongsUnder({ on: ANY, answer: '503', build: 'never tries again' })],
  ['R33', 'takes a repeated error for the answer', () => wrongsAfterGivingUpAtEachCreation({ answer: '500', manner: { answered: notWorthATry }, build: 'takes a repeated error for the answer' }, SAYS_SORRY)],
  ['R34', 'sends no idempotency keys', () => wrongsUnderEach(CREATIONS.map((on) => ({ on, answer: 'cut', manner: WITHOUT_KEYS })))],
  ['R35', 'leaves it to Stripe whether to try again after 429', () => wrongsUnder({ on: ANY, answer: 'rate_limit', build: 'leaves it to Stripe whether to try again after 429' })],
  ['R35', 'tries for ever', async () => ((await triesInAStorm('tries for ever')) > TRIES ? ['tries for ever'] : [])],
  ['R35', 'waits in silence', async () => (await stormFrom(1, 'waits in silence')).wrongs],
])('%s: a devchat that %s is caught', async ([row, , wrongsOf]) => {
  expect(await wrongsOf()).not.toEqual([]);
  tried(row, { wrong: 1 });
});
