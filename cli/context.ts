/** Everything a command works with, made when it is first asked for. */
import type Stripe from 'stripe';
import type { Terms } from '../core/billing/policy.ts';
import type { Cache, OpenOptions } from '../core/cache/cache.ts';
import type { Clock } from '../core/clock.ts';
import { loadConfig, type Config, type SettingName } from '../core/config.ts';
import { DevchatError } from '../core/errors.ts';
import { modeOf } from '../core/mode.ts';
import type { ClientOptions } from '../core/stripe.ts';
import type { Io } from './io.ts';

export interface Context {
  io: Io;
  env: NodeJS.ProcessEnv;
  /** The working folder. */
  folder: string;
  /** Settings given as flags: they win over everything else from here on. */
  setFlags(flags: Partial<Record<SettingName, unknown>>): void;
  /** What the process ends with when nothing throws. */
  exitCode: number;
  config(): Config;
  /** Throws `not-configured` where no challenge id is set. */
  challengeId(): string;
  /** The Stripe client; throws as `createStripe` does. */
  stripe(options?: ClientOptions): Promise<Stripe>;
  /** The cache to read from, whichever mode it belongs to. */
  cache(): Promise<Cache>;
  /**
   * The cache to write to, and for the daemon, where notices go from now on: it belongs to the mode of the key from here on, but for a `dryRun`.
   * Throws as `stripe` does where the key is not to be used.
   */
  claimCache(options: { live?: boolean | undefined } & Pick<OpenOptions, 'noticeTargets' | 'dryRun' | 'writesMuch'>): Promise<Cache>;
  /** Throws `key-refused` where there is a cache and it belongs to the other mode than the key. */
  refuseOtherMode(): Promise<void>;
  clock(): Promise<Clock>;
  /** What verdicts are decided by, now. */
  terms(): Promise<Terms>;
  close(): Promise<void>;
}

/** `folder` may hold devchat.config.json. */
export function createContext({ io, env, folder }: Pick<Context, 'io' | 'env' | 'folder'>): Context {
  const flags: Partial<Record<SettingName, unknown>> = {};
  let config: Config | undefined;
  let cache: Promise<Cache> | undefined;
  const context: Context = {
    io,
    env,
    folder,
    setFlags: (given) => {
      Object.assign(flags, given);
      config = undefined;
    },
    exitCode: 0,
    config: () => (config ??= loadConfig({ flags, env, folder }).config),
    challengeId: () => context.config().challengeId ?? missingChallengeId(),
    stripe: async (options = {}) => (await import('../core/stripe.ts')).createStripe(context.config(), options),
    cache: () => (cache ??= openAt(context.config())),
    claimCache: async ({ live, ...options }) => {
      const { stripeSecretKey: key } = context.config();
      if (key === undefined) return context.cache();
      await context.stripe({ live });
      return (cache ??= openAt(context.config(), { livemode: modeOf(key) === 'live', ...options }));
    },
    refuseOtherMode: async () => {
      const { cache: location, stripeSecretKey = '' } = context.config();
      await (await import('../core/cache/open-cache.ts')).refuseOtherMode(location, modeOf(stripeSecretKey) === 'live');
    },
    clock: async () => (await import('../core/clock.ts')).createClock(context.config().stripeApiBase),
    terms: async () => {
      const { policy, timeZone } = context.config();
      return { policy, timeZone, now: (await context.clock()).now() };
    },
    close: async () => {
      const opened = await cache?.catch(() => undefined);
      await opened?.close();
    },
  };
  return context;
}

async function openAt(config: Config, options: Omit<OpenOptions, 'rules'> = {}): Promise<Cache> {
  const { openCache } = await import('../core/cache/open-cache.ts');
  const { cache, policy, timeZone } = config;
  return openCache(cache, { ...options, rules: { policy, timeZone } });
}

function missingChallengeId(): never {
  throw new DevchatError('not-configured', 'no challenge id is set', 'set CHALLENGE_ID, or run devchat init');
}
