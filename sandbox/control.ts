/** /_sandbox: what the sandbox holds and what time it is, moving that time, how it behaves, starting afresh. */
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { API_VERSION } from './api-version.ts';
import { behaviourControls } from './controls/behaviour.ts';
import { webhookControls } from './controls/webhooks.ts';
import type { SandboxWorld } from './sandbox-world.ts';
import type { Timekeeper } from './timekeeper.ts';
import { waitingFaults } from './wire/faults.ts';

const ADVANCE_MAX_SECONDS = 10 * 366 * 24 * 3600;

/** `reset` brings the state back to that of a fresh sandbox. */
export function controlRouter(world: SandboxWorld, timekeeper: Timekeeper, reset: () => void): Router {
  const router = express.Router();
  router.use(express.json(), requireJson);
  router.get('/', (_, response) => void response.json(statusOf(world)));
  router.post('/advance', async (request, response) => {
    const { seconds } = (request.body ?? {}) as { seconds?: unknown };
    if (!isDuration(seconds)) return refuse(response, 400, `"seconds" must be a whole number between 1 and ${ADVANCE_MAX_SECONDS}.`);
    await timekeeper.advance(seconds);
    response.json(statusOf(world));
  });
  router.post('/reset', async (_, response) => {
    await timekeeper.whenStill(reset);
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
  if (error.status === undefined) process.stderr.write(`sandbox: ${error.stack ?? error.message}\n`);
  refuse(response, error.status ?? 500, error.message);
}

function isDuration(seconds: unknown): seconds is number {
  return Number.isInteger(seconds) && Number(seconds) >= 1 && Number(seconds) <= ADVANCE_MAX_SECONDS;
}

function statusOf(world: SandboxWorld): object {
  const { store, clock } = world;
  const kinds = store.kinds().filter((kind) => !kind.startsWith('_') && kind !== 'event');
  return {
    now: new Date(clock.sandboxNow() * 1000).toISOString(),
    offsetSeconds: clock.offset(),
    apiVersion: API_VERSION,
    account: world.accountId,
    objects: Object.fromEntries(kinds.map((kind) => [kind, store.count(kind)])),
    events: store.count('event'),
    switches: world.switches.given(),
    faults: waitingFaults(store),
  };
}
