/** Applies journaled events once more, however many, in the order of the journal. */
import type { Cache, EventFilter, Recorded } from '../../core/cache/cache.ts';
import type { Clock } from '../../core/clock.ts';
import { DevchatError } from '../../core/errors.ts';

/** Those in flight together share a commit; others who write wait no longer for it than for a few. */
const AT_ONCE = 200;
/** A page costs a look through what matches. */
const PAGE = 5_000;

const GONE: Pick<Recorded, 'outcome' | 'reason' | 'ask'> = { outcome: 'failed', reason: 'it is no longer journaled', ask: null };
const SHOWS_ALL = 'devchat events list shows the newest';

/** What became of an event. `ask` is the subscription about which only Stripe can tell. */
export interface Replayed extends Pick<Recorded, 'outcome' | 'reason' | 'ask'> {
  id: string;
}

type Batches = Iterable<readonly string[]> | AsyncIterable<readonly string[]>;

/** Throws `usage` where events are named and chosen at once, or neither. */
export function refuseMixed(ids: readonly string[], chosen: Record<string, unknown>): void {
  const isChosen = Object.values(chosen).some((value) => value !== undefined);
  if (ids.length > 0 && isChosen) throw new DevchatError('usage', 'events are named by id or chosen by filters, not both', 'leave out the ids, or --since, --until, --type, --customer, --subscription, --failed and --after');
  if (ids.length === 0 && !isChosen) throw new DevchatError('usage', 'no event is named, and none is chosen', 'name events by id, or choose them with --since, --until, --type, --customer, --subscription or --failed');
}

/** Those that are named, in that order. Throws `not-found` where one of them is unknown. */
export async function named(ids: readonly string[], cache: Cache): Promise<string[][]> {
  const known = await Promise.all(ids.map((id) => cache.event(id)));
  const unknown = ids.filter((_, index) => !known[index]);
  if (unknown.length > 0) throw new DevchatError('not-found', `no event ${unknown.join(', ')} is journaled`, SHOWS_ALL);
  return [...inBatches(ids)];
}

/** Those that match, the oldest first by their place in the journal. */
export async function* matching(filter: Omit<EventFilter, 'limit'>, cache: Cache): AsyncGenerator<string[]> {
  for (let after = filter.after; ; ) {
    const page = await cache.events({ ...filter, after, oldestFirst: true, limit: PAGE });
    yield* inBatches(page.map(({ id }) => id));
    if (page.length < PAGE) return;
    after = page.at(-1)?.sequence;
  }
}

/** Applies one batch after the other, as they are asked for. Throws as the cache does. */
export async function* replayed(batches: Batches, { dryRun, clock }: { dryRun: boolean; clock: Clock }, cache: Cache): AsyncGenerator<Replayed[]> {
  for await (const ids of batches) {
    yield await Promise.all(ids.map(async (id) => ({ id, ...((await cache.replayEvent(id, clock.now(), { dryRun })) ?? GONE) })));
  }
}

/** The place of an event in the journal. Throws `not-found` where it is not journaled. */
export async function sequenceOf(id: string, cache: Cache): Promise<number> {
  const found = await cache.event(id);
  if (!found) throw new DevchatError('not-found', `no event ${id} is journaled`, SHOWS_ALL);
  return found.event.sequence;
}

function* inBatches(ids: readonly string[]): Generator<string[]> {
  for (let start = 0; start < ids.length; start += AT_ONCE) yield ids.slice(start, start + AT_ONCE);
}
