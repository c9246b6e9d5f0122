/** A home of its own for each story of the command line, with real processes that end with it. */
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test as base } from 'vitest';
import { openCache } from '../../../core/cache/open-cache.ts';
import type { Cache } from '../../../core/cache/cache.ts';
import type { SavedSettings } from '../../../core/settings.ts';
import { startSandbox, type RunningSandbox } from '../../../sandbox/main.ts';
import { freshFolder, ROOT } from '../../support/folders.ts';
import { runDevchat, startDevchat, type Finished, type Running } from '../../support/processes.ts';

export const KEY = 'sk_test_command_line_stories';
export const CHALLENGE_ID = 'command-line-stories';

type Env = Record<string, string>;

export interface Home {
  folder: string;
  /** Runs `devchat <args>` to its end. */
  run(args: string[], env?: Env): Promise<Finished>;
  /** Starts `devchat <args>`; it is stopped when the story ends. */
  start(args: string[], env?: Env): Running;
  /** The same home with a devchat that has no Stripe CLI beside it, nor on PATH. */
  withoutStripeCli(): Home;
  settingsFile: string;
  cacheFile: string;
  settings(): SavedSettings;
  /** Works with the cache as another process would. */
  withCache<T>(work: (cache: Cache) => Promise<T>): Promise<T>;
}

/** vitest's `test` with a home, a sandbox in this process, and the environment that points to it. */
export const test = base.extend<{ home: Home; sandbox: RunningSandbox; env: Env }>({
  home: async ({}, use) => {
    const fresh = freshFolder();
    const started: Running[] = [];
    await use(homeIn(fresh.path, started));
    await Promise.allSettled(started.map((running) => running.stop()));
    fresh.remove();
  },
  sandbox: async ({}, use) => {
    const sandbox = await startSandbox({ port: 0 });
    await use(sandbox);
    await sandbox.close();
  },
  env: async ({ sandbox }, use) => use({ STRIPE_API_BASE: sandbox.url, STRIPE_SECRET_KEY: KEY, CHALLENGE_ID }),
});

function homeIn(folder: string, started: Running[], program?: string): Home {
  const settingsFile = join(folder, 'config', 'devchat', 'config.json');
  const cacheFile = join(folder, 'data', 'devchat', 'cache.sqlite');
  return {
    folder,
    run: (args, env = {}) => runDevchat(args, { folder, env, program }),
    start: (args, env = {}) => {
      const running = startDevchat(args, { folder, env, program });
      started.push(running);
      return running;
    },
    withoutStripeCli: () => homeIn(folder, started, copyOfDevchat(folder)),
    settingsFile,
    cacheFile,
    settings: () => JSON.parse(readFileSync(settingsFile, 'utf8')) as SavedSettings,
    withCache: async (work) => {
      const cache = await openCache(cacheFile, { livemode: false });
      return work(cache).finally(() => cache.close());
    },
  };
}

function copyOfDevchat(folder: string): string {
  const copy = join(folder, 'elsewhere');
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return join(copy, 'bin', 'devchat.js');
}

export interface StripeDouble {
  url: string;
  /** `GET /v1/account`, as they came. */
  requests: string[];
  close(): Promise<void>;
}

/** Stands where Stripe would, and answers what the sandbox never does. */
export async function standInForStripe(answer: RequestListener): Promise<StripeDouble> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close };
}
