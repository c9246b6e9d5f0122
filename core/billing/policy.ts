/** What follows for the next session from each status of a subscription that is not in order: the owner's choice, kept in the settings. */
import { z } from 'zod';
import { VERDICTS, type Standing } from './views.ts';

const DAY_SECONDS = 86_400;
const LONGEST_GRACE_DAYS = 60;
const GRACE = /^(\d+)d$/;

/** A verdict at once, or grace: `on` for so many days after the payment first failed, then `hold`. */
export type Consequence = Standing['verdict'] | { graceDays: number };

/** The default is the brief's: a failed payment cancels the next session. */
export const DEFAULT_POLICY: Policy = { past_due: 'hold', unpaid: 'hold', incomplete: 'hold', paused: 'hold', unknown: 'hold' };

export interface Policy {
  /** A payment failed, and Stripe goes on trying. The only one that may have days of grace. */
  past_due: Consequence;
  /** Stripe has given up trying. */
  unpaid: Standing['verdict'];
  /** The first payment has not been made. */
  incomplete: Standing['verdict'];
  paused: Standing['verdict'];
  /** Any status that Stripe adds one day. */
  unknown: Standing['verdict'];
}

/** What verdicts and consequences are decided by, besides Stripe's facts. `timeZone` is an IANA name. */
export interface Rules {
  policy: Policy;
  timeZone: string;
}

/** The same at a moment; `now` in milliseconds. */
export interface Terms extends Rules {
  now: number;
}

export const DEFAULT_RULES: Rules = { policy: DEFAULT_POLICY, timeZone: 'UTC' };

const verdict = z.enum(VERDICTS, { error: `is ${VERDICTS.join(', ')}` });
const grace = z
  .string()
  .regex(GRACE)
  .transform((text): { graceDays: number } => ({ graceDays: Number.parseInt(text, 10) }))
  .refine(({ graceDays }) => graceDays >= 1 && graceDays <= LONGEST_GRACE_DAYS);
const pastDue = z.union([verdict, grace], { error: `is ${VERDICTS.join(', ')}, or days of grace such as 3d, ${LONGEST_GRACE_DAYS}d at the most` });
const table = z.strictObject({ past_due: pastDue, unpaid: verdict, incomplete: verdict, paused: verdict, unknown: verdict }).partial();

/** Reads a policy written as "past_due=3d,paused=off" or as an object of the same; statuses that it leaves out keep the default. */
export const policySchema = z
  .unknown()
  .transform((value) => (typeof value === 'string' ? fromText(value) : value))
  .pipe(table)
  .transform((given): Policy => ({ ...DEFAULT_POLICY, ...given }));

/** The policy in the words that `policySchema` reads. */
export function policyText(policy: Policy): string {
  return (Object.entries(policy) as Array<[string, Consequence]>).map(([status, what]) => `${status}=${typeof what === 'string' ? what : `${what.graceDays}d`}`).join(',');
}

/** The verdict that follows, and when grace ends (in seconds; null where there is none). `failedAt` is the first failure, in seconds. */
export function follows(consequence: Consequence, failedAt: number | null, nowMilliseconds: number): { verdict: Standing['verdict']; graceUntil: number | null } {
  if (typeof consequence === 'string') return { verdict: consequence, graceUntil: null };
  const graceUntil = (failedAt ?? 0) + consequence.graceDays * DAY_SECONDS;
  return nowMilliseconds < graceUntil * 1000 ? { verdict: 'on', graceUntil } : { verdict: 'hold', graceUntil: null };
}

function fromText(text: string): Record<string, string> {
  const parts = text.split(',').map((part) => part.trim()).filter(Boolean);
  return Object.fromEntries(parts.map((part) => [part.split('=', 1)[0]?.trim() ?? '', part.slice(part.indexOf('=') + 1).trim()]));
}
