/** Everything a command works with, made when it is first asked for. */
import type Stripe from 'stripe';
import type { Cache } from '../core/cache/cache.ts';
import type { Clock } from '../core/clock.ts';
import { loadConfig, type Config, type SettingName } from '../core/config.ts';
import { DevchatError } from '../core/errors.ts';
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
  stripe(options?: { live?: boolean | undefined }): Promise<Stripe>;
  cache(): Promise<Cache>;
  clock(): Promise<Clock>;
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
    stripe: async ({ live = false } = {}) => (await import('../core/stripe.ts')).createStripe(context.config(), { live }),
    cache: () => (cache ??= openConfiguredCache(context.config())),
    clock: async () => (await import('../core/clock.ts')).createClock(context.config().stripeApiBase),
    close: async () => {
      const opened = await cache?.catch(() => undefined);
      await opened?.close();
    },
  };
  return context;
}

async function openConfiguredCache({ cache, stripeSecretKey }: Config): Promise<Cache> {
  const { openCache } = await import('../core/cache/open-cache.ts');
  const livemode = stripeSecretKey === undefined ? undefined : /^(sk|rk)_live_/.test(stripeSecretKey);
  return openCache(cache, { livemode });
}

function missingChallengeId(): never {
  throw new DevchatError('not-configured', 'no challenge id is set', 'set CHALLENGE_ID, or run devchat init');
}
