/** Subscriptions at risk as people read them on a terminal. */
import type { ChalkInstance } from 'chalk';
import type { SubscriptionAtRisk } from '../../core/billing/at-risk.ts';
import type { Terms } from '../../core/billing/policy.ts';
import { day } from '../../core/billing/words.ts';
import { tableInRoom } from './table.ts';

const COLUMNS = ['WHO', 'WHEN', 'WHAT'] as const;
const FIRST_BELOW = 2;

/** One line each with its soonest risk, days in the owner's time zone; where a terminal has no room, what it is stands below. */
export function atRiskLines(subscriptions: readonly SubscriptionAtRisk[], terms: Terms, colour: ChalkInstance, room: number): string[] {
  const rows = subscriptions.map(({ email, customer, risks: [{ at, sentence }] }) => [email ?? customer, when(at, terms, colour), sentence]);
  return tableInRoom(COLUMNS.map((word) => colour.dim(word)), rows, { first: FIRST_BELOW, room });
}

function when(at: string, terms: Terms, colour: ChalkInstance): string {
  const milliseconds = Date.parse(at);
  const date = day(milliseconds / 1000, terms);
  return milliseconds <= terms.now ? colour.red(`since ${date}`) : colour.yellow(date);
}
