/** Closes the gap to Stripe behind the daemon's back: at its start, and every 10 minutes for what no webhook brought. */
import type Stripe from 'stripe';
import type { Skipped } from '../core/billing/backfill.ts';
import { closeGap, type Closed } from '../core/billing/gap.ts';
import { closedWords } from '../core/billing/gap-words.ts';
import type { Cache } from '../core/cache/cache.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from './logger.ts';
import { Routine } from './routine.ts';
import { settledInTime } from './stopping.ts';

const EVERY_MILLISECONDS = 10 * 60_000;
/** What failed is tried again so soon. */
const RETRY_MILLISECONDS = 30_000;

interface Parts {
  stripe: Stripe;
  cache: Cache;
  clock: Clock;
  logger: Logger;
  /** Has Stripe asked what only Stripe can tell. */
  askOpen: () => Promise<void>;
}

/** Starting it waits for nothing: webhooks are taken meanwhile, and Stripe may be out of reach. */
export function gapWork({ stripe, cache, clock, logger, askOpen }: Parts): { start(): Promise<void>; stop(): Promise<void> } {
  const stopping = new AbortController();
  const warnedOf = new Set<string>();
  let closedAt = -Infinity;
  const warnOnce = ({ event, reason }: Skipped): void => {
    if (!warnedOf.has(event)) logger.warn({ event, reason }, 'left out of what Stripe lists');
    warnedOf.add(event);
  };
  const close = async (): Promise<void> => {
    if (performance.now() - closedAt < EVERY_MILLISECONDS) return;
    const closed = await closeGap(stripe, cache, { now: () => clock.now(), signal: stopping.signal });
    await askOpen();
    if (closed.by === 'events') closed.skipped.forEach(warnOnce);
    if (closedAt === -Infinity || isNews(closed)) logger.info({ gap: closedWords(closed) }, 'the gap to Stripe is closed');
    closedAt = performance.now();
  };
  const work = (): Promise<void> => close().catch((error: unknown) => (stopping.signal.aborted ? undefined : Promise.reject(error as Error)));
  const routine = new Routine({ failed: 'the gap to Stripe could not be closed, and is tried again', everyMilliseconds: RETRY_MILLISECONDS, work }, logger);
  return {
    start: () => Promise.resolve(routine.startBehind()),
    stop: () => {
      stopping.abort();
      return settledInTime([routine.stop()]);
    },
  };
}

function isNews(closed: Closed): boolean {
  return closed.by === 'subscriptions' || closed.fresh > 0;
}
