/** The step "shapes": everything that the sandbox said while the tests ran is judged by the compiler against the SDK's types. */
import { API_VERSION } from '../../sandbox/api-version.ts';
import type { Outcome } from '../support/steps.ts';
import { judge, type Fault } from './judge.ts';
import { plantKeys, type Planted } from './planted.ts';
import { readRecordings, type Recording } from './recordings.ts';
import { neverSaid } from './sayable.ts';

const KINDS_AT_LEAST = 40;
const VALUE_LENGTH_MAX = 120;
const SAYING_LENGTH_MAX = 300;

interface Untyped {
  kind: string;
  /** Only values whose id begins so. */
  prefix?: string;
  reason: string;
}

/** What the SDK has no type for, each with the reason. */
const WITHOUT_TYPE: readonly Untyped[] = [
  { kind: 'no object: websocket_id', reason: "the session of `stripe listen` is the Stripe CLI's own" },
  { kind: 'checkout.session', prefix: 'ppage_', reason: 'what the page of Checkout asks for is undocumented; `stripe trigger` calls it' },
];

/** Tests that put stubs of their own into the sandbox's store: what it then answers are their words. */
const WITH_STUBS: readonly string[] = ['test/integration/sandbox/lists.test.ts'];

/** Judges the recordings of the last run of Vitest; each object type and each event type counts as one check. */
export function checkShapes(): Outcome & { says: string } {
  const recordings = readRecordings().filter(hasType);
  const planted = plantKeys(recordings);
  const faults = judge([...recordings, ...planted], 'values');
  const blind = blindSpots(planted, faults);
  const wrong = faults.filter(({ recording }) => recordings.includes(recording));
  const kinds = kindsOf(recordings);
  const wrongKinds = new Set(wrong.map(({ recording }) => recording.kind));
  const tooFew = kinds.length < KINDS_AT_LEAST ? [`${kinds.length} object and event types were recorded, wanted are ${KINDS_AT_LEAST}: ${HOW_TO_RECORD}`] : [];
  return {
    passed: kinds.filter((kind) => !wrongKinds.has(kind)).length,
    failed: wrongKinds.size + blind.length + tooFew.length,
    skipped: neverSaid(recordings).map((kind) => `${kind} (the sandbox's code names it, but no test had it said)`),
    details: [...tooFew, ...blind, ...described(wrong)].join('\n'),
    says: summary(kinds, recordings, planted),
  };
}

const HOW_TO_RECORD = '`npx vitest run` records them';

/** An event in an older version of the API has the shape of that version, which the SDK does not describe. */
function hasType({ kind, value, madeBy }: Recording): boolean {
  if (WITH_STUBS.includes(madeBy)) return false;
  const { id: given, object, api_version } = value as { id?: unknown; object?: unknown; api_version?: unknown };
  if (object === 'event' && api_version !== API_VERSION) return false;
  const id = String(given);
  return !WITHOUT_TYPE.some((one) => one.kind === kind && id.startsWith(one.prefix ?? ''));
}

function blindSpots(planted: readonly Planted[], faults: readonly Fault[]): string[] {
  const found = new Set(faults.map(({ recording }) => recording));
  const unseen = planted.filter((one) => !found.has(one));
  return unseen.map(({ kind, at }) => `the compiler is blind at ${kind} ${at}: an unknown key passes there`);
}

/** The types that are counted: an error, a list's frame and a deletion marker are judged, but are no types of their own. */
function kindsOf(recordings: readonly Recording[]): string[] {
  const kinds = new Set(recordings.map(({ kind }) => kind));
  return [...kinds].filter((kind) => !/^(error$|list$|deleted )/.test(kind));
}

/** One paragraph for each fault, however often it was said. */
function described(faults: readonly Fault[]): string[] {
  const groups = new Map<string, Fault[]>();
  for (const fault of faults) groups.set(titleOf(fault), [...(groups.get(titleOf(fault)) ?? []), fault]);
  return [...groups].map(([title, same]) => {
    const { recording, path } = same[0]!;
    const value = short(JSON.stringify(valueAt(recording.value, path)), VALUE_LENGTH_MAX);
    const tests = [...new Set(same.map((fault) => fault.recording.madeBy))];
    return `${title}\n    value: ${value}\n    from:  ${tests.join(', ')}`;
  });
}

function titleOf({ recording, path, says }: Fault): string {
  return `${recording.kind}  ${path.replace(/\[\d+\]/g, '[]') || '(itself)'}\n    ${short(says, SAYING_LENGTH_MAX)}`;
}

function valueAt(value: unknown, path: string): unknown {
  const steps = path.match(/[^.[\]]+/g) ?? [];
  return steps.reduce((inner, step) => (inner as Record<string, unknown>)[step], value);
}

function short(text = 'nothing', length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function summary(kinds: readonly string[], recordings: readonly Recording[], planted: readonly Planted[]): string {
  const events = kinds.filter((kind) => kind.startsWith('event ')).length;
  return `${kinds.length - events} object types, ${events} event types in ${recordings.length} values; ${planted.length} planted keys`;
}
