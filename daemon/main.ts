/** Starts the daemon: config in, a listening server out, and a clean stop. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type Stripe from 'stripe';
import type { Cache } from '../core/cache/cache.ts';
import type { Clock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { DevchatError } from '../core/errors.ts';
import { modeOf } from '../core/mode.ts';
import { reachableAddress } from '../core/reachable-address.ts';
import { createApp } from './app.ts';
import { collectionTasks } from './collections.ts';
import { gapWork } from './gap.ts';
import { createHttpServer } from './http-server.ts';
import { createLogger, type LogOptions } from './logger.ts';
import { noticeSenders } from './notices/targets.ts';
import { questionTasks } from './questions.ts';
import { Routine } from './routine.ts';
import { STOP_WITHIN_MILLISECONDS } from './stopping.ts';
import { webhookSecrets } from './webhook-secrets.ts';

const CLIENT_FOLDER = fileURLToPath(new URL('../client', import.meta.url));
const HEADERS_TIMEOUT_MILLISECONDS = 10_000;
const REQUEST_TIMEOUT_MILLISECONDS = 20_000;
const CLOCK_MILLISECONDS = 500;
const DUE_MILLISECONDS = 1_000;
const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost'];

export interface DaemonOptions {
  config: Config & { challengeId: string };
  stripe: Stripe;
  cache: Cache;
  clock: Clock;
  log: LogOptions;
  trustUserId?: boolean;
}

export interface Daemon {
  /** Where this machine reaches it. */
  url: string;
  /** Answers what it has accepted, then stops. The cache stays open. */
  close(): Promise<void>;
}

/** Listens on the configured host and port (0 takes a free one). Throws `conflict` where the port is taken, `usage` where trusting user ids would be unsafe, and as the notices' targets do. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config, stripe, cache, clock, trustUserId = false } = options;
  const logger = createLogger(options.log);
  if (trustUserId) refuseUnsafeTrust(config);
  const questions = questionTasks(stripe, cache, logger);
  const collections = collectionTasks(stripe, cache, logger);
  const dues = new Routine({ failed: 'what became due could not be drawn', everyMilliseconds: DUE_MILLISECONDS, work: () => cache.drawDue(clock.now()) }, logger);
  const gap = gapWork({ stripe, cache, clock, logger, askOpen: () => questions.takeUp() });
  const work: Ongoing[] = [questions, collections, dues, ...noticeSenders(config, cache, logger), gap];
  const { server, serve } = createHttpServer({ headersTimeout: HEADERS_TIMEOUT_MILLISECONDS, requestTimeout: REQUEST_TIMEOUT_MILLISECONDS });
  await listen(server, config);
  const url = addressOf(server, config);
  const secrets = webhookSecrets(config);
  const { challengeId, baseUrl = url, policy, timeZone } = config;
  const ask = (subscription: string) => questions.add(subscription);
  const collect = (customer: string) => collections.add(customer);
  serve(createApp({ cache, stripe, clock, rules: { policy, timeZone }, logger, challengeId, baseUrl, secrets, trustUserId, clientFolder: CLIENT_FOLDER, ask, collect }));
  const ticking = setInterval(() => void clock.refresh(), CLOCK_MILLISECONDS).unref();
  const daemon = { url, close: () => close(server, work, ticking) };
  await startAll(work).catch(async (error: unknown) => {
    await daemon.close();
    throw error;
  });
  return daemon;
}

/** What the daemon does besides answering. */
interface Ongoing {
  start(): Promise<void>;
  stop(): Promise<void>;
}

async function startAll(work: readonly Ongoing[]): Promise<void> {
  for (const each of work) await each.start();
}

function refuseUnsafeTrust({ host, stripeSecretKey = '' }: Config): void {
  if (LOOPBACK.includes(host) && modeOf(stripeSecretKey) === 'test') return;
  throw new DevchatError('usage', '--trust-user-id lets anybody who reaches the daemon be any user', 'use it only on 127.0.0.1 with a test key');
}

function listen(server: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') return new DevchatError('conflict', `port ${port} on ${host} is taken`, 'stop what listens there, or choose another with --port');
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') return new DevchatError('usage', `cannot listen on ${host}:${port} (${error.code})`, 'choose another with --host and --port');
  return error;
}

function addressOf(server: Server, { host }: Config): string {
  const { port } = server.address() as AddressInfo;
  return `http://${reachableAddress(host, port)}`;
}

async function close(server: Server, work: readonly Ongoing[], ticking: NodeJS.Timeout): Promise<void> {
  clearInterval(ticking);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MILLISECONDS).unref();
  await Promise.all([closed, ...work.map((each) => each.stop())]);
}
