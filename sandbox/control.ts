/** /_sandbox: what the sandbox holds and what time it is, moving that time, how it behaves, starting afresh. */
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { API_VERSION } from './api-version.ts';
import { nextDue, runDue } from './billing/due.ts';
import { behaviourControls } from './controls/behaviour.ts';
import { webhookControls } from './controls/webhooks.ts';
import type { SandboxWorld } from './sandbox-world.ts';
import { waitingFaults } from './wire/faults.ts';

const ADVANCE_MAX_SECONDS = 10 * 366 * 24 * 3600;
const DUE_CHECK_MILLISECONDS = 1000;

/** `reset` brings the state back to that of a fresh sandbox. */
export function controlRouter(world: SandboxWorld, reset: () => void): Router {
  const router = express.Router();
  router.use(express.json(), requireJson);
  router.get('/', (_, response) => void response.json(statusOf(world)));
  router.post('/advance', (request, response) => {
    const { seconds } = (request.body ?? {}) as { seconds?: unknown };
    if (!isDuration(seconds)) return refuse(response, 400, `"seconds" must be a whole number between 1 and ${ADVANCE_MAX_SECONDS}.`);
    advance(world, seconds);
    response.json(statusOf(world));
  });
  router.post('/reset', (_, response) => {
    reset();
    response.json(statusOf(world));
  });
  router.use(behaviourControls(world), webhookControls(world));
  router.use((request: Request, response: Response) => refuse(response, 404, `The sandbox has no ${request.method} /_sandbox${request.path}.`));
  router.use(showFailure);
  return router;
}

/** A page of another site cannot send JSON here, nor delete, without asking first, so it can change nothing. */
function requireJson(request: Request, response: Response, next: () => void): void {
  if (['GET', 'DELETE'].includes(request.method) || request.is('json')) next();
  else refuse(response, 415, 'Send JSON: content-type application/json.');
}

function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ error: { message } });
}

/** A refusal, a body that is no JSON, or due work that failed on the way. */
function showFailure(error: Error & { status?: number }, _: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) return next(error);
  if (error.status === undefined) report(error);
  refuse(response, error.status ?? 500, error.message);
}

function report(error: Error): void {
  process.stderr.write(`sandbox: ${error.stack ?? error.message}\n`);
}

function isDuration(seconds: unknown): seconds is number {
  return Number.isInteger(seconds) && Number(seconds) >= 1 && Number(seconds) <= ADVANCE_MAX_SECONDS;
}

/** Everything due on the way happens at its own moment. */
function advance(world: SandboxWorld, seconds: number): void {
  runDue(world, world.now() + seconds);
  world.clock.advance(seconds);
}

function statusOf(world: SandboxWorld): object {
  const { store, clock } = world;
  const kinds = store.kinds().filter((kind) => !kind.startsWith('_') && kind !== 'event');
  return {
    now: new Date(clock.now() * 1000).toISOString(),
    offsetSeconds: clock.offset(),
    apiVersion: API_VERSION,
    account: world.accountId,
    objects: Object.fromEntries(kinds.map((kind) => [kind, store.count(kind)])),
    events: store.count('event'),
    switches: world.switches.given(),
    faults: waitingFaults(store),
  };
}

/** Lets due work happen as real time passes, too. Returns how to stop that. */
export function watchDueWork(world: SandboxWorld): () => void {
  let seen = -1;
  let next: number | undefined;
  const look = (): void => {
    if (seen !== world.store.changes()) next = nextDue(world);
    seen = world.store.changes();
    if (next !== undefined && next <= world.now()) runDue(world, world.now());
  };
  const timer = setInterval(() => {
    try {
      look();
    } catch (error) {
      // Tried again when something has changed, not every second.
      next = undefined;
      report(error as Error);
    }
  }, DUE_CHECK_MILLISECONDS).unref();
  return () => clearInterval(timer);
}
