/** What follows for the next session from each status of a subscription that is not in order: the owner's choice, kept in the settings. */
import { z } from 'zod';
import { VERDICTS, type Standing } from './views.ts';

const DAY_SECONDS = 86_400;
/** From 1d to 60d. */
const GRACE = /^(?:[1-9]|[1-5]\d|60)d$/;
const NO_POLICY = 'is not statuses and their verdicts, such as past_due=3d,paused=off';

type Verdict = Standing['verdict'];

/** A verdict at once, or grace: `on` for so many days of 24 hours after the payment first failed, then `hold`. */
export type Consequence = Verdict | { graceDays: number };

export interface Policy {
  /** A payment failed, and Stripe goes on trying. The only one that may have days of grace. */
  past_due: Consequence;
  /** Stripe has given up trying. */
  unpaid: Verdict;
  /** The first payment has not been made. */
  incomplete: Verdict;
  paused: Verdict;
  /** Any status that Stripe adds one day. */
  unknown: Verdict;
}

/** The default is the brief's: a failed payment cancels the next session. */
export const DEFAULT_POLICY: Policy = { past_due: 'hold', unpaid: 'hold', incomplete: 'hold', paused: 'hold', unknown: 'hold' };

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

const verdict = z.enum(VERDICTS, { error: ({ path }) => `${statusAt(path)} is not ${VERDICTS.join(', ')}` });
const grace = z
  .string()
  .regex(GRACE)
  .transform((text) => ({ graceDays: Number.parseInt(text, 10) }));
const verdictOrGrace = z.union([verdict, grace], { error: ({ path }) => `${statusAt(path)} is not ${VERDICTS.join(', ')}, or days of grace from 1d to 60d` });
/** A policy as an object. */
export const policyTable = z.strictObject(
  {
    past_due: verdictOrGrace.optional().describe('A payment failed, and Stripe goes on trying. It may have days of grace, such as 3d.'),
    unpaid: verdict.optional().describe('Stripe has given up trying.'),
    incomplete: verdict.optional().describe('The first payment has not been made.'),
    paused: verdict.optional().describe('It is paused.'),
    unknown: verdict.optional().describe('Any status that Stripe adds one day.'),
  },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? `names ${issue.keys.join(', ')}: it may name ${Object.keys(DEFAULT_POLICY).join(', ')}` : NO_POLICY) },
);

/** Reads a policy written as "past_due=3d,paused=off" or as an object of the same; statuses that it leaves out keep the default. */
export const policySchema = z
  .unknown()
  .transform((value, context) => (typeof value === 'string' ? fromText(value, context) : value))
  .pipe(policyTable)
  .transform((given): Policy => ({ ...DEFAULT_POLICY, ...given }));

/** The policy in the words that `policySchema` reads. */
export function policyText(policy: Policy): string {
  const consequences = Object.entries(policy) as Array<[string, Consequence]>;
  return consequences.map(([status, what]) => `${status}=${typeof what === 'string' ? what : `${what.graceDays}d`}`).join(', ');
}

/** The verdict that follows, and when grace ends (in seconds; null where there is none). `failedAt` is the first failure, in seconds. */
export function follows(consequence: Consequence, failedAt: number | null, nowMilliseconds: number): { verdict: Verdict; graceUntil: number | null } {
  if (typeof consequence === 'string') return { verdict: consequence, graceUntil: null };
  const graceUntil = (failedAt ?? 0) + graceSecondsOf(consequence);
  return nowMilliseconds < graceUntil * 1000 ? { verdict: 'on', graceUntil } : { verdict: 'hold', graceUntil: null };
}

/** How long grace lasts, in seconds; 0 for a verdict at once. */
export function graceSecondsOf(consequence: Consequence): number {
  return typeof consequence === 'string' ? 0 : consequence.graceDays * DAY_SECONDS;
}

function fromText(text: string, context: z.RefinementCtx): unknown {
  const pairs = text.split(',').map((part) => part.split('=').map((word) => word.trim()));
  const statuses = pairs.map(([status]) => status);
  const twice = statuses.find((status, index) => statuses.indexOf(status) < index);
  if (pairs.some((pair) => pair.length !== 2)) context.addIssue(NO_POLICY);
  else if (twice !== undefined) context.addIssue(`names ${twice} twice`);
  return Object.fromEntries(pairs);
}

function statusAt(path: readonly PropertyKey[] | undefined): string {
  return String(path?.at(-1));
}
