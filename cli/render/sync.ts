/** What closing the gap to Stripe came to: lines for people, and the same as JSON. */
import type { Closed } from '../../core/billing/gap.ts';
import { closedWords, syncedWords } from '../../core/billing/gap-words.ts';
import type { Synced } from '../../core/billing/sync.ts';
import { isoTime } from '../../core/billing/words.ts';

/** What was refreshed and why, what Stripe does not know, and the counts. */
export function syncedLines(synced: Synced): string[] {
  return [...changeLines(synced), `${syncedWords(synced)}.`];
}

export function closedLines(closed: Closed): string[] {
  const words = closedWords(closed);
  const sentence = `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
  return closed.by === 'events' ? [...closed.failed.map((id) => `${id}  could not be applied: devchat events show ${id}`), sentence] : [...changeLines(closed), sentence];
}

export function syncedJson({ compared, refreshed, ended, unknown }: Synced) {
  return { schemaVersion: 1, compared, refreshed, ended, unknown };
}

export function closedJson(closed: Closed) {
  const until = isoTime(closed.until);
  if (closed.by === 'subscriptions') return { ...syncedJson(closed), by: closed.by, why: closed.why, until };
  const { since, listed, fresh, failed } = closed;
  return { schemaVersion: 1, by: closed.by, since: isoTime(since), until, listed, new: fresh, failed };
}

function changeLines({ refreshed, ended, unknown }: Synced): string[] {
  const final = ended.map((each) => ({ ...each, change: `ended here and ${each.status} at Stripe: an end is final, left as it is` }));
  return [...refreshed, ...final, ...unknown.map((each) => ({ ...each, change: 'unknown to Stripe, left as it is' }))].map(({ id, email, customer, change }) => `${id}  ${email ?? customer}  ${change}`);
}
