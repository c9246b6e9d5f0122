/** What the fault tests have tried: each tells it here, `npm run test:faults` sums it up. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../support/folders.ts';

/** One line of JSON for each call of `tried`. */
export const TRIED_FILE = join(ROOT, 'test', 'results', 'tried.jsonl');

/** What has to be survived. */
export const ROWS = {
  R01: 'killed at any step of storing an event',
  R02: 'an event that fails at its first delivery',
  R05: 'events in any order',
  R06: 'contradicting events of one second',
  R08: 'duplicates, one after the other and at once',
  R09: 'a late update after the end',
  R19: 'provision killed half way',
  R20: 'several provision at the same moment',
  R21: 'events missed while the daemon was down',
  R22: 'down for longer than Stripe keeps events',
  R23: 'a failed event that is sent again',
  R24: 'killed at any moment while writing',
  R25: 'a cache file that another process holds',
  R26: 'a read that becomes a write while others write',
  R27: 'a full disk',
  R33: 'Stripe failing for a while',
  R34: 'an answer of Stripe that is lost after its effect',
  R35: 'too many calls for Stripe, and locks',
  R36: 'old signed bodies sent again',
  R39: 'a rolled signing secret',
  R41: 'events of other API versions',
  R43: 'unknown customers, types and statuses',
  R44: 'updated before created',
  R45: 'any one event missing',
  R47: 'stopped while events are under way',
  R48: 'two daemons on one file, and on one port',
  R49: 'more than 100 portal configurations',
  R50: 'what was provisioned is changed by hand',
  R51: 'the same and other contents within a day',
  R52: 'slow work after the answer',
  R56: 'a cache file that is damaged, missing, closed or newer',
  R57: 'a Stripe CLI that loses its connection',
  I5: 'no secret is shown while provisioning',
} as const;

export type Row = keyof typeof ROWS;

/** The order is that of the summary. */
export const COUNTS = ['kills', 'permutations', 'seeds', 'cases', 'events', 'wrong', 'lost'] as const;

/**
 * How many of each; left out is none.
 * - `kills`: processes ended by SIGKILL
 * - `permutations`, `seeds`: orders of delivery, or of what several processes do, all of them or drawn by a seed
 * - `cases`: any other damage or meeting that was provoked
 * - `events`: deliveries to devchat
 * - `wrong`: deliberately wrong variants that were caught
 * - `lost`: events that were acknowledged and are missing; any of them fails the run
 */
export type Tried = Partial<Record<(typeof COUNTS)[number], number>>;

/** Tells what was tried for a row; a row may be told of often. Call it when all has held. */
export function tried(row: Row, counts: Tried): void {
  mkdirSync(dirname(TRIED_FILE), { recursive: true });
  appendFileSync(TRIED_FILE, `${JSON.stringify({ row, ...counts })}\n`);
}
