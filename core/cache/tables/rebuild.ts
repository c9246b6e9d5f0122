/** Makes the state of objects again from the journal, and tells where it is other than what is cached. Writes nothing. */
import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import { applyEvent, type Cached } from '../../billing/apply-event.ts';
import { remade, type Answer, type Remade } from '../../billing/rebuild.ts';
import { rankedObject } from '../../billing/rank.ts';
import { isSettled, type InvoiceState, type SubscriptionState } from '../../billing/state.ts';
import { isRecord } from '../../is-record.ts';
import type { DifferingField } from '../cache.ts';
import { rows, value, values, type Work } from '../statement.ts';
import { placed, placeOf, type PlacedEvents, type Told } from './journal.ts';
import * as rowsOf from './rows.ts';

export type Kind = keyof Cached;

/** What the journal gives for one object, where that is not what is cached; as a row of `rebuilt`. */
export interface Finding {
  id: string;
  kind: Kind | 'question';
  action: 'add' | 'change' | 'remove' | 'ask';
  /** The subscription whose consequences have to be drawn, or about which Stripe has to be asked. */
  subscription: string | null;
  /** Of a question without a subscription, the customer about whose subscriptions Stripe has to be asked. */
  state: string | null;
  /** `DifferingField[]` */
  fields: string;
}

/** Objects by their ids, from the first to the last. */
export interface Range {
  first: string;
  last: string;
}

export interface Compared {
  findings: Finding[];
  /** How many objects of each kind the journal gives. */
  objects: Record<Kind, number>;
}

type Row = Record<string, unknown>;
type Ours = { livemode: boolean };

/** A subscription of `rebuilt` that an event shows: the rest of it stands at that place in the journal. */
export interface ShownSubscription extends Omit<SubscriptionState, 'event' | 'snapshot'> {
  place: number;
}

/** For each kind of object, its table, and how a row of it reads. */
const KINDS = {
  subscription: kind('subscriptions', 'id', cachedSubscription, `subscriptions.created, ${rowsOf.subscriptionColumns()}`),
  invoice: kind('invoices', 'id', rowsOf.invoiceFrom),
  card: kind('cards', 'id', rowsOf.cardFrom),
  payer: kind('payers', 'customer', rowsOf.payerFrom),
} as const satisfies Record<Kind, unknown>;

export const KIND_NAMES = Object.keys(KINDS) as Kind[];

function kind<From>(table: string, key: string, stateFrom: (row: From) => object, columns = '*') {
  return { cached: rows<Row>(`SELECT ${columns} FROM ${table} WHERE ${key} >= :first AND ${key} <= :last`), key, stateFrom: (row: Row) => stateFrom(row as From) };
}

/** With the column of its own beside the state, which is to say what the snapshot says. */
function cachedSubscription({ created, ...row }: rowsOf.SubscriptionRow & { created: number }): object {
  return { ...rowsOf.subscriptionFrom(row), created };
}

const NEXT = (key: string, table: string, where = '') =>
  `SELECT ${key} AS id FROM (SELECT DISTINCT ${key} FROM ${table} WHERE ${key} > :after ${where} ORDER BY ${key} LIMIT :many) AS ${table}_ids`;
const SHOWS_NOTHING = `object IS NULL AND subscription IS NOT NULL`;
const WITHIN = `object >= :first AND object <= :last`;
/** Of each object in a range the events of the highest rank. */
const NEWEST = `(SELECT object, max(rank) AS rank FROM showing WHERE ${WITHIN} GROUP BY object) AS newest JOIN showing USING (object, rank)`;

const SQL = {
  next: values<string>(`
    SELECT id FROM (
      ${NEXT('object', 'showing')} UNION ${NEXT('object', 'answered')} UNION ${NEXT('id', 'subscriptions')} UNION ${NEXT('id', 'invoices')}
      UNION ${NEXT('id', 'cards')} UNION ${NEXT('customer', 'payers')}
      UNION SELECT id FROM (SELECT DISTINCT subscription AS id FROM events WHERE subscription > :after AND ${SHOWS_NOTHING} ORDER BY subscription LIMIT :many) AS asking_ids
    ) AS ids ORDER BY id LIMIT :many`),
  newest: rows<Told & { object: string }>(`
    SELECT newest.object, sequence, payload FROM ${NEWEST} JOIN events USING (sequence) ORDER BY newest.object, sequence`),
  count: value<number>(`SELECT count(*) FROM showing WHERE ${WITHIN}`),
  allOf: rows<Told>(`SELECT sequence, payload FROM showing JOIN events USING (sequence) WHERE showing.object = ? ORDER BY sequence`),
  answers: rows<{ object: string; answer: string }>(`
    SELECT object, answers.answer FROM answered JOIN answers ON answers.sequence = answered.answer WHERE ${WITHIN} ORDER BY object, answers.sequence`),
  asking: rows<{ subscription: string; created: number; payload: string }>(`
    SELECT subscription, created, payload FROM events WHERE subscription >= :first AND subscription <= :last AND ${SHOWS_NOTHING} ORDER BY subscription, created`),
};

/** The ids of the next objects that the journal or the cache knows, in their order. */
export function next(after: string, many: number): Work<string[]> {
  return SQL.next({ after, many });
}

/**
 * The subscriptions in a range of which one event tells, no answer, and that are cached as that event shows them: told in SQL, so that
 * they need not be read. `part` is the engine's `jsonPart`. Whoever is not among them has to be compared.
 */
export function unchangedBy(part: (text: string, path: string) => string): (range: Range & { version: string }) => Work<string[]> {
  const object = (name: string) => part('payload', `data.object.${name}`);
  return values<string>(`
    SELECT subscriptions.id FROM ${NEWEST} JOIN events USING (sequence) JOIN subscriptions ON subscriptions.id = newest.object
    WHERE subscriptions.event = sequence AND as_of = events.created AND subscriptions.customer = events.customer
      AND (SELECT count(*) FROM showing AS tied WHERE tied.object = newest.object AND tied.rank = newest.rank) = 1
      AND NOT EXISTS (SELECT 1 FROM answered WHERE answered.object = newest.object)
      AND NOT EXISTS (SELECT 1 FROM events AS asking WHERE asking.subscription = newest.object AND asking.object IS NULL)
      AND ${part('payload', 'api_version')} = '"' || :version || '"'
      AND ${object('status')} = '"' || status || '"' AND ${object('created')} = CAST(subscriptions.created AS TEXT)
    ORDER BY subscriptions.id`);
}

/** How many events show objects in a range. */
export function* eventsWithin(range: Range): Work<number> {
  return (yield* SQL.count(range))!;
}

/** Compares what the journal gives for the objects in this range with what is cached. */
export function* compare({ first, last }: Range, ours: Ours): Work<Compared> {
  const range = { first, last };
  const newest = grouped(yield* SQL.newest(range), ({ object }) => object);
  const answers = grouped(yield* SQL.answers(range), ({ object }) => object);
  const asking = grouped(yield* SQL.asking(range), ({ subscription }) => subscription);
  const cached = new Map<Kind, Map<string, Row>>();
  for (const name of KIND_NAMES) cached.set(name, new Map((yield* KINDS[name].cached(range)).map((row) => [row[KINDS[name].key] as string, row])));
  const compared: Compared = { findings: [], objects: { subscription: 0, invoice: 0, card: 0, payer: 0 } };
  for (const id of new Set([newest, answers, asking, ...cached.values()].flatMap((known) => [...known.keys()]))) {
    const told = (answers.get(id) ?? []).map(({ answer }) => JSON.parse(answer) as Answer);
    const again = yield* remake(id, newest.get(id) ?? [], told, ours);
    const ask = again.ask ?? (asks(asking.get(id) ?? [], told, again, ours) ? id : null);
    for (const name of KIND_NAMES) {
      if (again.state[name]) compared.objects[name] += 1;
      compared.findings.push(...difference(name, id, again, cached.get(name)?.get(id), ask !== null));
    }
    if (ask !== null || again.askOf !== null) compared.findings.push({ id, kind: 'question', action: 'ask', subscription: ask, state: again.askOf, fields: '[]' });
  }
  return compared;
}

/** Of an event that cannot be read nothing is known, as when it came: then the highest rank below it holds. */
function* remake(id: string, newest: readonly Told[], answers: readonly Answer[], ours: Ours): Work<RemadeHere> {
  const events = placed(newest);
  const told = [...events.keys()];
  if (told.every((event) => isReadable(event, ours)) && !told.some(waitsForMoney)) return remadeHere(id, events, answers, ours);
  const all = placed(yield* SQL.allOf(id));
  const readable = [...all.keys()].filter((event) => isReadable(event, ours));
  const rankOf = (event: Stripe.Event) => rankedObject(event, ours).rank ?? 0;
  const highest = Math.max(...readable.map(rankOf));
  const deciding = readable.filter((event) => rankOf(event) === highest || waitsForMoney(event));
  return remadeHere(id, new Map(deciding.map((event) => [event, all.get(event)!])), answers, ours);
}

/** `place` is that of the event that shows the subscription; null where an answer does. */
interface RemadeHere extends Remade {
  place: number | null;
}

function remadeHere(id: string, events: PlacedEvents, answers: readonly Answer[], ours: Ours): RemadeHere {
  const again = remade(id, [...events.keys()], answers, ours);
  return { ...again, place: placeOf(again.state.subscription, events) };
}

function isReadable(event: Stripe.Event, ours: Ours): boolean {
  try {
    return applyEvent(event, {}, ours) !== undefined;
  } catch {
    return false;
  }
}

/** A failure of its payment may be told by an event of a lower rank. */
function waitsForMoney({ data }: Stripe.Event): boolean {
  const object = data.object as Partial<Stripe.Invoice>;
  return object.object === 'invoice' && !isSettled(object.status ?? 'draft');
}

/** Whether events that show no state, as those of another shape, make Stripe be asked, and it has not answered since. */
function asks(events: ReadonlyArray<{ created: number; payload: string }>, answers: readonly Answer[], { state }: Remade, ours: Ours): boolean {
  const answeredAt = Math.max(-Infinity, ...answers.map(({ asOf }) => asOf));
  return events.some(({ created, payload }) => {
    const event = JSON.parse(payload) as Stripe.Event;
    return created > answeredAt && isReadable(event, ours) && applyEvent(event, state, ours).ask !== undefined;
  });
}

/** What is cached stays where the journal gives nothing, but makes us ask. */
function difference(name: Kind, id: string, { state: all, place }: RemadeHere, cached: Row | undefined, asked: boolean): Finding[] {
  const state = all[name];
  if (state === undefined && (cached === undefined || asked)) return [];
  const before = cached && KINDS[name].stateFrom(cached);
  const fields = state && before ? differingFields(before, 'snapshot' in state ? { ...state, created: state.snapshot.created } : state) : [];
  if (state && before && fields.length === 0) return [];
  const owner = name === 'invoice' ? ((state ?? before) as InvoiceState).subscription : null;
  const common = { id, kind: name, subscription: name === 'subscription' ? id : owner };
  if (!state) return [{ ...common, action: 'remove', state: null, fields: '[]' }];
  return [{ ...common, action: cached ? 'change' : 'add', state: JSON.stringify(toKeep(state, name === 'subscription' ? place : null)), fields: JSON.stringify(fields) }];
}

function toKeep(state: object, place: number | null): object {
  return place === null ? state : ({ ...state, event: undefined, snapshot: undefined, place });
}

/** `version` only counts. */
function differingFields(before: unknown, after: unknown, path: readonly string[] = []): DifferingField[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isRecord(before) || !isRecord(after)) return storable(before) === storable(after) ? [] : [{ path: path.join('.'), before: before ?? null, after: after ?? null }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => path.length > 0 || key !== 'version');
  return keys.flatMap((key) => differingFields(before[key], after[key], [...path, key]));
}

/** PostgreSQL keeps another letter in the place of a null: core/cache/postgres/places.ts. */
function storable(thing: unknown): unknown {
  return typeof thing === 'string' ? thing.replaceAll('\0', '\uFFFD') : thing;
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
