/** How the cache differs from Stripe: a diff for people, and the same as JSON. */
import type { Difference, Json } from '../../core/billing/compare.ts';
import type { Comparison, Finding } from '../../core/billing/compare-subscriptions.ts';
import { isTime } from '../../core/billing/whole.ts';
import { isoTime } from '../../core/billing/words.ts';
import type { Unanswered } from '../../core/billing/unanswered.ts';
import { renderBlocks, type Block, type Layout } from './diff.ts';

/** What Stripe tells as seconds. */
const TIMES = /(?:^|[._])(?:created|\w+_(?:at|start|end)|billing_cycle_anchor|next_payment_attempt)$/;

/** How it is signed: as what would become of the cached one, were it as Stripe has it. */
const ACTIONS = { differs: 'update', 'not cached': 'create', 'unknown to Stripe': 'deactivate' } as const satisfies Partial<Record<Finding, Block['action']>>;

export type Different = Comparison & { finding: keyof typeof ACTIONS };

/** One block a subscription, one line a field: what is cached → what Stripe has. */
export function verifyLines(different: readonly Different[], layout: Layout): string[] {
  return renderBlocks(different.map(({ id, email, customer, finding, differences }) => ({
    action: ACTIONS[finding],
    title: `subscription ${id}`,
    note: `${email ?? customer}, ${finding}`,
    fields: differences.map(readable).map(({ path, cached, stripe }) => ({ path, before: cached, after: stripe })),
  })), layout);
}

/** How all compare with the cache. */
export interface Verified {
  compared: number;
  different: Different[];
  unanswered: Unanswered[];
}

/** "40 subscriptions compared: 1 differs, 2 not cached." */
export function verifySummary({ compared, different, unanswered }: Verified): string {
  const counts = (Object.keys(ACTIONS) as Array<keyof typeof ACTIONS>).map((finding) => ({ finding, count: different.filter((each) => each.finding === finding).length })).filter(({ count }) => count > 0);
  const words = counts.map(({ finding, count }) => `${count} ${finding === 'differs' && count > 1 ? 'differ' : finding}`);
  if (unanswered.length > 0) words.push(`${unanswered.length} without an answer`);
  return `${subscriptions(compared)} compared: ${words.length === 0 ? 'the cache matches Stripe' : words.join(', ')}.`;
}

export function verifyJson({ compared, different, unanswered }: Verified) {
  return { schemaVersion: 1, compared, differences: different.map(({ differences, open: _, ...each }) => ({ ...each, fields: differences.map(readable) })), unanswered };
}

function subscriptions(count: number): string {
  return count === 1 ? '1 subscription' : `${count} subscriptions`;
}

function readable({ path, cached, stripe }: Difference): Difference {
  const inWords = (value: Json): Json => (TIMES.test(path) && isTime(value) ? isoTime(value) : value);
  return { path, cached: inWords(cached), stripe: inWords(stripe) };
}
