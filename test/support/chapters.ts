/** A story in chapters: each names what changes for one subscriber, and everything else must be as it was before. */
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { policyText } from '../../core/billing/policy.ts';
import type { FailedPayment, SubscriptionView } from '../../core/billing/views.ts';
import { runList } from '../../cli/commands/subscriptions/list.ts';
import type { Session } from '../../core/sessions/session.ts';
import { recordingContext } from '../unit/cli/recording-io.ts';
import { KEY } from './daemon.ts';
import type { Shop, Subscriber } from './shop.ts';
import { waitFor } from './wait-for.ts';

/** The daemon's clock follows the sandbox's, and it looks for what is due, within a second and a half; a busy machine takes longer. */
const LIMIT_MILLISECONDS = 10_000;

/** What can be seen of a subscriber, in words. */
export interface Seen {
  status: string;
  /** The verdict with its reason: "hold: the payment of …". */
  standing: string;
  /** "Visa 0341, the card was declined, again at 2026-11-28T22:00:00.000Z", or null. */
  failedPayment: string | null;
  /** "too_expensive: I love it, but…", or null. */
  cancellation: string | null;
  /** The history of each session by the name that the story gives it. */
  sessions: Record<string, string[]>;
  /** What the owner was told of this subscriber: the type, and the text without the e-mail address. */
  told: string[];
}

export interface Story {
  /** Waits until what is seen is as it was, but for `changes`; a failure shows what is seen instead. */
  chapter(title: string, changes: Partial<Seen>): Promise<void>;
}

/** `sessions` by name. The story begins with nothing known: the first chapter names all. */
export function storyOf(shop: Shop, who: Subscriber, sessions: Record<string, Session>): Story {
  let expected: Partial<Seen> = {};
  return {
    chapter: async (title, changes) => {
      expected = { ...expected, ...changes, sessions: { ...expected.sessions, ...changes.sessions } };
      await shop.settled();
      const seen = () => seenOf(shop, who, sessions);
      await waitFor(title, async () => isDeepStrictEqual(await seen(), expected), LIMIT_MILLISECONDS).catch(() => undefined);
      expect(await seen(), title).toEqual(expected);
    },
  };
}

async function seenOf(shop: Shop, who: Subscriber, sessions: Record<string, Session>): Promise<Seen> {
  const { subscription, standing } = await who.me();
  expect(await listed(shop, who), 'devchat subscriptions list').toEqual(subscription);
  const histories = Object.entries(sessions).map(async ([name, { id }]) => [name, await historyOf(shop, id)] as const);
  const told = shop.told.filter(({ data }) => data.customer === who.customer);
  return {
    status: subscription?.status ?? 'none',
    standing: `${standing.verdict}: ${standing.reason}`,
    failedPayment: failedPaymentWords(subscription?.failedPayment ?? null),
    cancellation: cancellationWords(subscription?.cancellation ?? null),
    sessions: Object.fromEntries(await Promise.all(histories)),
    told: told.map(({ type, text }) => `${type} ${text.replace(`${who.email}: `, '')}`),
  };
}

/** What the command line says of the subscription. */
async function listed({ url, daemon, policy }: Shop, { subscription }: Subscriber): Promise<SubscriptionView | undefined> {
  const env = { STRIPE_API_BASE: url, STRIPE_SECRET_KEY: KEY, DEVCHAT_POLICY: policyText(policy) };
  const { context, out } = recordingContext({ env, folder: daemon.configDir });
  await runList({ json: true, cache: daemon.file.path }, context).finally(() => context.close());
  const { subscriptions } = JSON.parse(out.join('')) as { subscriptions: SubscriptionView[] };
  return subscriptions.find(({ id }) => id === subscription);
}

async function historyOf({ cache }: Shop, id: string): Promise<string[]> {
  const { changes } = (await cache.session(id))!;
  return changes.map(({ state, reason }) => (state === reason ? state : `${state}: ${reason}`));
}

function failedPaymentWords(failed: FailedPayment | null): string | null {
  return failed && `${failed.card}, ${failed.reason}, ${failed.nextAttempt ? `again at ${failed.nextAttempt}` : 'not again'}`;
}

function cancellationWords(cancellation: SubscriptionView['cancellation']): string | null {
  return cancellation && [cancellation.reason, cancellation.feedback, cancellation.comment].filter(Boolean).join(', ');
}

/** Stripe's seconds as "20 Nov". */
export function day(seconds: number): string {
  return inWords(seconds, { day: 'numeric', month: 'short' });
}

/** Stripe's seconds as "20 Nov 2026". */
export function dayAndYear(seconds: number): string {
  return inWords(seconds, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** Stripe's seconds as "Fri 20 Nov, 15:00". */
export function dayAndTime(seconds: number): string {
  return `${inWords(seconds, { weekday: 'short' })} ${day(seconds)}, ${new Date(seconds * 1000).toISOString().slice(11, 16)}`;
}

function inWords(seconds: number, shown: Intl.DateTimeFormatOptions): string {
  return new Date(seconds * 1000).toLocaleDateString('en-GB', { ...shown, timeZone: 'UTC' });
}
