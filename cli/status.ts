/** Looks at what devchat depends on: the Stripe account behind the key, the daemon, and where notices go. */
import type Stripe from 'stripe';
import type { Cache } from '../core/cache/cache.ts';
import type { Config } from '../core/config.ts';
import { DevchatError } from '../core/errors.ts';
import { modeOf, type Mode } from '../core/mode.ts';
import { NOTICE_TARGETS, type NoticeTarget } from '../core/notices/notice.ts';
import { noticeTargetsOf } from '../core/notices/targets.ts';
import { findPortalConfiguration } from '../core/provisioned.ts';
import { reachableAddress } from '../core/reachable-address.ts';
import { explainStripeError } from '../core/stripe.ts';
import { accountOf } from './account.ts';
import { isoFromMilliseconds } from './render/time.ts';

const TIMEOUT_MILLISECONDS = 1_000;

/** `mode` is null where no key is set, `account` where a restricted key may not read it, `portal` where none of ours is found. */
export interface StripeStatus {
  api: string;
  mode: Mode | null;
  account: string | null;
  challengeId: string | null;
  portal: { id: string; active: boolean } | null;
  error: DevchatError | null;
}

export interface DaemonStatus {
  url: string;
  running: boolean;
}

/** How many notices wait for a target; since when one of them fails, in ISO 8601, and why the last try did. */
export interface NoticeStatus {
  target: NoticeTarget;
  isSet: boolean;
  waiting: number;
  failingSince: string | null;
  lastError: string | null;
}

/** Never throws for a key that `connect` refuses or for what Stripe answers: that stands in `error`. */
export async function lookAtStripe(connect: () => Promise<Stripe>, { stripeApiBase, stripeSecretKey, challengeId }: Config): Promise<StripeStatus> {
  const known = { api: stripeApiBase ?? 'https://api.stripe.com', mode: stripeSecretKey ? modeOf(stripeSecretKey) : null, challengeId: challengeId ?? null };
  try {
    const stripe = await connect();
    const [account, portal] = await Promise.all([accountOf(stripe), challengeId ? ourPortal(stripe, challengeId) : null]);
    return { ...known, account: account.id, portal, error: null };
  } catch (thrown) {
    const error = explainStripeError(thrown);
    if (!(error instanceof DevchatError)) throw error;
    return { ...known, account: null, portal: null, error };
  }
}

/** Whether a daemon answers at the configured host and port. */
export async function lookAtDaemon({ host, port }: Config): Promise<DaemonStatus> {
  const url = `http://${reachableAddress(host, port)}`;
  const running = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) }).then((answer) => answer.ok, () => false);
  return { url, running };
}

/** The targets that are set, and those that something waits for. */
export async function lookAtNotices(cache: Cache, config: Config): Promise<NoticeStatus[]> {
  const set = noticeTargetsOf(config);
  const states = await cache.noticeTargets();
  return NOTICE_TARGETS.flatMap((target) => {
    const isSet = set.includes(target);
    const state = states.find((each) => each.target === target);
    if (!isSet && !state) return [];
    const { waiting = 0, failingSince = null, lastError = null } = state ?? {};
    return { target, isSet, waiting, failingSince: failingSince === null ? null : isoFromMilliseconds(failingSince), lastError };
  });
}

async function ourPortal(stripe: Stripe, challengeId: string): Promise<StripeStatus['portal']> {
  const ours = await findPortalConfiguration(stripe, challengeId);
  return ours ? { id: ours.id, active: ours.active } : null;
}
