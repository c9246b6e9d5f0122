/** What closing the gap to Stripe came to: lines for people, and the same as JSON. */
import type { Backfilled } from '../../core/billing/backfill.ts';
import type { Closed } from '../../core/billing/gap.ts';
import { closedWords, syncedWords } from '../../core/billing/gap-words.ts';
import type { Synced } from '../../core/billing/sync.ts';
import type { Unanswered } from '../../core/billing/unanswered.ts';
import { isoTime } from '../../core/billing/words.ts';

/** Said after them where there are any. */
export const STAYS_MARKED = 'What has no answer stays marked: the daemon asks again.';
/** The same of what was left out. */
export const MAY_BE_MISSING = 'Next: devchat subscriptions verify tells whether what was left out is missing.';

/** What was refreshed and why, what Stripe does not know or not tell of, and the counts. */
export function syncedLines(synced: Synced): string[] {
  return [...changeLines(synced), `${syncedWords(synced)}.`];
}

export function closedLines(closed: Closed): string[] {
  const words = closedWords(closed);
  const sentence = `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
  const rows = closed.by === 'events' ? [...eventLines(closed), ...unansweredLines(closed)] : changeLines(closed);
  return [...rows, sentence];
}

/** The events that could not be applied, and what Stripe listed and cannot be one. */
function eventLines({ failed, skipped }: Backfilled): string[] {
  return [...failed.map((id) => `${id}  could not be applied: devchat events show ${id}`), ...skipped.map(({ event, reason }) => `${event}  left out: ${reason}`)];
}

/** The subscriptions that Stripe does not tell of, and why. */
export function unansweredLines({ unanswered }: { unanswered: readonly Unanswered[] }): string[] {
  return unanswered.map(({ subscription, reason }) => `${subscription}  ${reason}`);
}

export function syncedJson({ compared, refreshed, ended, unknown, unanswered }: Synced) {
  return { schemaVersion: 1, compared, refreshed, ended, unknown, unanswered };
}

export function closedJson(closed: Closed) {
  const until = isoTime(closed.until);
  if (closed.by === 'subscriptions') return { ...syncedJson(closed), by: closed.by, why: closed.why, until };
  const { since, listed, fresh, failed, skipped, unanswered } = closed;
  return { schemaVersion: 1, by: closed.by, since: isoTime(since), until, listed, new: fresh, failed, skipped, unanswered };
}

function changeLines({ refreshed, ended, unknown, unanswered }: Synced): string[] {
  const final = ended.map((each) => ({ ...each, change: `ended here and ${each.status} at Stripe: an end is final, left as it is` }));
  const changes = [...refreshed, ...final, ...unknown.map((each) => ({ ...each, change: 'unknown to Stripe, left as it is' }))];
  return [...changes.map(({ id, email, customer, change }) => `${id}  ${email ?? customer}  ${change}`), ...unansweredLines({ unanswered })];
}
