/** The fresh table beside the cached state: what a rebuild has found so far, how far it is, and how it is swapped in. */
import type Stripe from 'stripe';
import { API_VERSION } from '../../api-version.ts';
import type { Cached } from '../../billing/apply-event.ts';
import type { Terms } from '../../billing/policy.ts';
import type { SubscriptionState } from '../../billing/state.ts';
import { DevchatError } from '../../errors.ts';
import type { Rebuilt, RebuiltDifference } from '../cache.ts';
import type { Engine } from '../engine.ts';
import { change, row, rows, value, values, type Work } from '../statement.ts';
import * as cards from './cards.ts';
import * as consequences from './consequences.ts';
import * as journal from './journal.ts';
import { compare, type Compared, type Finding, type Kind, type Range, type ShownSubscription } from './rebuild.ts';
import * as subscriptions from './subscriptions.ts';
import { ENDED } from './subscriptions.ts';

const PAGE = 200;

/** How far a rebuild is; kept in the cache, so that it goes on after an end of any kind. */
export interface Progress {
  /** Whose it is: who comes later takes it over. */
  owner: string;
  /** What made it: another devchat begins anew. */
  by: string;
  livemode: boolean;
  /** The id of the last object that was compared. */
  after: string;
  /** What the journal held when the rebuild began: what came since is looked at again. */
  attempt: number;
  answer: number;
  /** How many events have been looked at. */
  events: number;
  objects: Record<Kind, number>;
}

const SQL = {
  progress: value<string>(`SELECT value FROM about WHERE name = 'rebuild'`),
  note: change(`INSERT INTO about (name, value) VALUES ('rebuild', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`),
  forget: change(`DELETE FROM about WHERE name = 'rebuild'`),
  mode: value<string>(`SELECT value FROM about WHERE name = 'mode'`),
  events: value<number>(`SELECT count(*) FROM events WHERE object IS NOT NULL`),
  touched: values<string>(`
    SELECT coalesce(object, subscription) AS id FROM attempts JOIN events ON events.sequence = attempts.event
    WHERE attempts.sequence > :attempt AND coalesce(object, subscription) IS NOT NULL
    UNION SELECT object AS id FROM answered WHERE answer > :answer ORDER BY id`),
  add: change(`INSERT INTO rebuilt (id, kind, action, subscription, state, fields) VALUES (:id, :kind, :action, :subscription, :state, :fields)`),
  removeWithin: change(`DELETE FROM rebuilt WHERE id >= :first AND id <= :last`),
  empty: change(`DELETE FROM rebuilt`),
  page: rows<Finding>(`SELECT * FROM rebuilt WHERE kind <> 'question' AND (id, kind) > (:id, :kind) ORDER BY id, kind LIMIT :many`),
  questions: values<string>(`
    SELECT subscription FROM (
      SELECT subscription FROM rebuilt WHERE kind = 'question' AND subscription IS NOT NULL
      UNION SELECT subscriptions.id FROM rebuilt JOIN subscriptions ON subscriptions.customer = rebuilt.state
        WHERE kind = 'question' AND rebuilt.subscription IS NULL AND status NOT IN ${ENDED}) AS asked
    WHERE NOT EXISTS (SELECT 1 FROM questions WHERE questions.subscription = asked.subscription) ORDER BY subscription`),
  changed: values<string>(`SELECT DISTINCT subscription FROM rebuilt WHERE kind <> 'question' AND subscription IS NOT NULL ORDER BY subscription`),
  count: row<{ differing: number }>(`SELECT count(*) AS differing FROM rebuilt WHERE kind <> 'question'`),
};

const REMOVE: Readonly<Record<Kind, (id: string) => Work<number>>> = {
  subscription: change(`DELETE FROM subscriptions WHERE id = ?`),
  invoice: change(`DELETE FROM invoices WHERE id = ?`),
  card: change(`DELETE FROM cards WHERE id = ?`),
  payer: change(`DELETE FROM payers WHERE customer = ?`),
};

/** Where a rebuild is; `total` counts the events to look at. */
interface Begun {
  progress: Progress;
  total: number;
}

/** Begins, or goes on with what was begun and not ended: then `events` of them are done. */
export function* begin(owner: string, version: string, livemode: boolean): Work<Begun> {
  const { progress, total } = yield* anew(owner, version, livemode);
  const begun = yield* current();
  if (begun?.by === progress.by && begun.livemode === progress.livemode) return { progress: yield* noted({ ...begun, owner }), total };
  yield* SQL.empty();
  return { progress: yield* noted(progress), total };
}

/** Begins from the first object, and notes nothing. */
export function* anew(owner: string, version: string, livemode: boolean): Work<Begun> {
  const mode = yield* SQL.mode();
  const ours = { livemode: mode === undefined ? livemode : mode === 'live' };
  const { heard: marks } = yield* journal.heard(undefined);
  const objects = { subscription: 0, invoice: 0, card: 0, payer: 0 };
  return { progress: { owner, by: `${version} ${API_VERSION}`, ...ours, after: '', ...marks, events: 0, objects }, total: (yield* SQL.events())! };
}

/** Keeps what was found in a range, and how far the rebuild is with it. */
export function* keep(progress: Progress, range: Range, { findings }: Compared): Work<void> {
  yield* refuseOther(progress);
  yield* replaceWithin(range, findings);
  yield* noted(progress);
}

/** What events or answers have touched since the rebuild began; `upTo` is the progress once all of that is looked at again. */
export function* touched(progress: Progress): Work<{ ids: string[]; upTo: Progress }> {
  const { attempt, answer } = progress;
  const { heard } = yield* journal.heard(undefined);
  return { ids: yield* SQL.touched({ attempt, answer }), upTo: { ...progress, ...heard } };
}

/** Looks again at these objects, with what is sorted. */
export function* lookAgain(ids: readonly string[], progress: Progress): Work<void> {
  yield* refuseOther(progress);
  for (const id of ids) {
    const range = { first: id, last: id };
    yield* replaceWithin(range, (yield* compare(range, progress)).findings);
  }
}

export function* note(progress: Progress): Work<void> {
  yield* refuseOther(progress);
  yield* noted(progress);
}

/** Swaps in what was found, with what follows from it; the rebuild ends with it. `sort` is the engine's. */
export function* swap(progress: Progress, { show, terms, sort }: { show: number; terms: Terms; sort: Engine['sort'] }): Work<Rebuilt> {
  const { ids } = yield* touched(progress);
  if (ids.length > 0) yield* sort({ anew: false });
  yield* lookAgain(ids, progress);
  const { objects, events } = progress;
  const found = { events, objects, differing: (yield* SQL.count())!.differing, differences: yield* differences(show) };
  yield* replaceAll();
  const questions = yield* SQL.questions();
  yield* follow(questions, terms);
  yield* SQL.empty();
  yield* SQL.forget();
  return { ...found, questions, applied: true };
}

function* current(): Work<Progress | undefined> {
  const noted = yield* SQL.progress();
  return noted === undefined ? undefined : (JSON.parse(noted) as Progress);
}

function* noted(progress: Progress): Work<Progress> {
  yield* SQL.note(JSON.stringify(progress));
  return progress;
}

function* refuseOther({ owner }: Progress): Work<void> {
  if ((yield* current())?.owner !== owner) throw new DevchatError('conflict', 'another rebuild has taken this one over, and goes on from where it was', 'let that one end');
}

function* replaceWithin(range: Range, findings: readonly Finding[]): Work<void> {
  yield* SQL.removeWithin(range);
  for (const finding of findings) yield* SQL.add(finding);
}

function* differences(many: number): Work<RebuiltDifference[]> {
  const found: RebuiltDifference[] = [];
  for (let last = { id: '', kind: '' }; found.length < many; ) {
    const page: Finding[] = yield* SQL.page({ ...last, many: Math.min(PAGE, many - found.length) });
    if (page.length === 0) break;
    found.push(...page.map(differenceOf));
    last = page.at(-1)!;
  }
  return found;
}

/** A finding as it is told. */
export function differenceOf({ id, kind, action, fields }: Finding): RebuiltDifference {
  return { id, kind, action, fields: JSON.parse(fields) as never } as RebuiltDifference;
}

function* replaceAll(): Work<void> {
  for (let last = { id: '', kind: '' }; ; ) {
    const page: Finding[] = yield* SQL.page({ ...last, many: PAGE });
    if (page.length === 0) return;
    for (const finding of page) yield* replace(finding);
    last = page.at(-1)!;
  }
}

function* follow(questions: readonly string[], terms: Terms): Work<void> {
  for (const subscription of questions) yield* subscriptions.ask(subscription);
  for (const subscription of yield* SQL.changed()) yield* consequences.draw(subscription, terms);
}

/** The count of what was heard goes on, so that an answer of Stripe's on its way is outdated. */
function* replace({ id, kind, subscription, state }: Finding): Work<void> {
  const name = kind as Kind;
  const version = name === 'subscription' ? (yield* subscriptions.version(id)) + 1 : 0;
  yield* REMOVE[name](id);
  if (name === 'invoice') yield* subscriptions.outdateAnswers(subscription ?? undefined);
  if (state !== null) yield* save(name, JSON.parse(state) as never, version);
}

function* save(kind: Kind, state: never, version: number): Work<void> {
  const made: Cached = { [kind]: state };
  if (made.subscription) yield* saveSubscription(made.subscription, version);
  if (made.invoice) yield* subscriptions.saveInvoice(made.invoice);
  yield* cards.save(made);
}

function* saveSubscription(state: SubscriptionState | ShownSubscription, version: number): Work<void> {
  if (!('place' in state)) return yield* subscriptions.save({ ...state, version }, null);
  const { data } = (yield* journal.read(state.place)).event;
  yield* subscriptions.save({ ...state, version, snapshot: data.object as Stripe.Subscription }, state.place);
}
