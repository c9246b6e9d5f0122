/** What has to change so that Stripe is as wanted. Pure: no clock, no I/O, equal inputs give equal plans. */
import { kindName, KINDS, withReferences, type Found, type Ids, type Json, type Kind, type Match, type Settings, type Wanted } from './resources/resource.ts';
import { RESOURCES } from './resources/resources.ts';
import { isUnset, leavesOf, nest, satisfies, valueAt, type Leaf } from './settings.ts';

export const ACTIONS = ['create', 'update', 'replace', 'reactivate', 'deactivate'] as const;
export type Action = (typeof ACTIONS)[number];

/** One setting that differs: its dotted path, what Stripe has and what is wanted. */
export interface Field {
  path: string;
  before: Json;
  after: Json;
}

/** One object that has to change. `id` is null where it has to be made. */
export interface Change {
  action: Action;
  kind: Kind;
  key: string;
  id: string | null;
  fields: Field[];
  /** What is written: the fields that differ, and what Stripe demands beside them. */
  write: Settings;
  /** Of a duplicate that goes: the id of the one that stays. */
  successor?: string | undefined;
}

export interface Plan {
  /** In the order in which they are applied. */
  changes: Change[];
  warnings: string[];
  /** The objects that are there already. */
  ids: Ids;
  /** What was looked at. */
  kinds: Kind[];
  /** The ids of all that was found, duplicates too. */
  known: string[];
}

export interface PlanOptions {
  /** Takes every duplicate out of use. */
  prune?: boolean;
  /** What was there before a run began: duplicates that are not among it lost a race against another run, and are taken out of use. */
  known?: readonly string[] | undefined;
}

/** Compares what is wanted with what was found. The first match is taken; a duplicate that is the account's default one is never taken out of use. */
export function plan(desired: readonly Wanted[], current: readonly Found[], options: PlanOptions = {}): Plan {
  const ids: Ids = Object.fromEntries(current.toSorted(byApplyOrder).toReversed().flatMap(({ kind, matches }) => (matches[0] ? [[kind, matches[0].id]] : [])));
  const pairs = desired.toSorted(byApplyOrder).map((wanted) => ({ wanted: withIds(wanted, ids), found: foundFor(wanted, current) }));
  const pruned = pairs.flatMap(({ found }) => surplus(found, options).map((match) => deactivation(found, match)));
  const changes = [...pairs.flatMap(({ wanted, found }) => changeFor(wanted, found.matches[0]) ?? []), ...pruned];
  return {
    changes: changes.sort(byApplyOrder),
    warnings: pairs.flatMap(({ found }) => warningsFor(found, pruned)),
    ids,
    kinds: KINDS.filter((kind) => desired.some((wanted) => wanted.kind === kind)),
    known: current.flatMap(({ matches }) => matches.map(({ id }) => id)).sort(),
  };
}

function withIds(wanted: Wanted, ids: Ids): Wanted {
  return { ...wanted, settings: withReferences(wanted.settings, RESOURCES[wanted.kind].references, ids) };
}

function foundFor({ kind, key }: Wanted, current: readonly Found[]): Found {
  return current.find((found) => found.kind === kind && found.key === key) ?? { kind, key, matches: [], hasMore: false };
}

function changeFor(wanted: Wanted, match: Match | undefined): Change | undefined {
  if (!match) return create(wanted);
  const differing = leavesOf(wanted.settings).filter(({ path, value }) => !satisfies(valueAt(match.settings, path), value));
  if (differing.length === 0) return undefined;
  const { kind, key } = wanted;
  const fields = differing.map(({ path, value }) => ({ path: path.join('.'), before: valueAt(match.settings, path) ?? null, after: value }));
  const action = actionFor(kind, fields);
  const write = action === 'replace' ? creation(wanted) : nest([...siblings(wanted, match, differing), ...wholes(wanted, differing), ...differing].map(asWritten));
  return { action, kind, key, id: match.id, fields, write };
}

function create(wanted: Wanted): Change {
  const declared = leavesOf(wanted.settings).filter(({ value }) => !isUnset(value));
  const fields = declared.map(({ path, value }) => ({ path: path.join('.'), before: null, after: value }));
  return { action: 'create', kind: wanted.kind, key: wanted.key, id: null, fields, write: creation(wanted) };
}

function actionFor(kind: Kind, fields: readonly Field[]): Action {
  const { activity, immutable, fixedAt } = RESOURCES[kind];
  if (fields.some(({ path, before }) => immutable.includes(path) || fixedAt[path]?.includes(before))) return 'replace';
  const activityField = fields.find(({ path }) => path === activity.path);
  if (!activityField) return 'update';
  return activityField.after === activity.on ? 'reactivate' : 'deactivate';
}

function creation({ kind, settings }: Wanted): Settings {
  const { notOnCreate, namedOnCreate } = RESOURCES[kind];
  const leaves = leavesOf(settings).filter(({ path, value }) => !notOnCreate.includes(path.join('.')) && !isUnset(value));
  const named = namedOnCreate.map((name) => ({ path: name.split('.'), value: '' })).filter(({ path }) => isAnyIn(leaves, path.slice(0, -1).join('.')));
  return nest([...named, ...leaves]);
}

function siblings(wanted: Wanted, match: Match, differing: readonly Leaf[]): Leaf[] {
  const demands = Object.entries(RESOURCES[wanted.kind].siblings).filter(([parent]) => isAnyIn(differing, parent));
  const paths = demands.flatMap(([parent, names]) => names.map((name) => [...parent.split('.'), name]));
  const leaves = paths.map((path) => ({ path, value: valueAt(wanted.settings, path) ?? valueAt(match.settings, path) }));
  return leaves.filter(({ value }) => value !== undefined);
}

function wholes({ kind, settings }: Wanted, differing: readonly Leaf[]): Leaf[] {
  const touched = RESOURCES[kind].wholes.filter((whole) => isAnyIn(differing, whole));
  return leavesOf(settings).filter((leaf) => touched.some((whole) => isAnyIn([leaf], whole)));
}

function isAnyIn(leaves: readonly Leaf[], parent: string): boolean {
  return leaves.some(({ path }) => path.join('.').startsWith(`${parent}.`));
}

/** The SDK drops empty lists; Stripe unsets what is sent as the empty text. */
function asWritten({ path, value }: Leaf): Leaf {
  return { path, value: isUnset(value) ? '' : value };
}

/** The duplicates that go. A new one whose secret is not ours to know is another run's, which may count on it. */
function surplus({ kind, matches }: Found, { prune = false, known }: PlanOptions): Match[] {
  const isNew = ({ id }: Match) => known !== undefined && !known.includes(id);
  const isTheirs = (match: Match) => isNew(match) && match.settings.secret === 'lost';
  return matches.slice(1).filter((match) => isPrunable(kind, match) && !isTheirs(match) && (prune || RESOURCES[kind].isSingle || isNew(match)));
}

function isPrunable(kind: Kind, { settings }: Match): boolean {
  const { activity } = RESOURCES[kind];
  return settings[activity.path] === activity.on && settings.is_default !== true;
}

function deactivation({ kind, key, matches }: Found, { id }: Match): Change {
  const { path, on, off } = RESOURCES[kind].activity;
  return { action: 'deactivate', kind, key, id, fields: [{ path, before: on, after: off }], write: { [path]: off }, successor: matches[0]?.id };
}

function byApplyOrder(one: Ordered, other: Ordered): number {
  const isLast = ({ action }: Ordered) => Number(action === 'deactivate');
  return KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || compareText(one.key, other.key) || isLast(one) - isLast(other) || compareText(one.id ?? '', other.id ?? '');
}

type Ordered = Pick<Change, 'kind' | 'key'> & Partial<Pick<Change, 'action' | 'id'>>;

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function warningsFor(found: Found, pruned: readonly Change[]): string[] {
  const name = kindName(found.kind);
  const [taken, ...duplicates] = found.matches;
  if (!taken) return found.hasMore ? [`there are more than 100 ${name}s, and none of the newest 100 carries ${found.key}; --all looks at every one`] : [];
  const left = duplicates.filter(({ id }) => !pruned.some((change) => change.id === id));
  if (left.length === 0) return [];
  const hint = left.some((match) => isPrunable(found.kind, match)) ? '; --prune deactivates duplicates' : '';
  return [`${found.matches.length} ${name}s carry ${found.key}: ${taken.id} is used, not ${left.map((match) => described(found.kind, match)).join(', ')}${hint}`];
}

function described(kind: Kind, { id, settings }: Match): string {
  const { activity } = RESOURCES[kind];
  const remarks = [settings[activity.path] === activity.on ? '' : 'inactive', settings.is_default === true ? "the account's default" : ''].filter(Boolean);
  return remarks.length > 0 ? `${id} (${remarks.join(', ')})` : id;
}
