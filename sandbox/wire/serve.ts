/** Runs every route of the API in one way: key, version, parameters, idempotency, one transaction, expansion, headers. */
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { API_VERSION } from '../api-version.ts';
import { realSeconds } from '../clock.ts';
import { newId } from '../ids.ts';
import type { SandboxWorld } from '../sandbox-world.ts';
import { concernOf, inConcernedTime } from '../test-clock-time.ts';
import { checkAccount, checkKey, checkVersion } from './authorize.ts';
import { StripeError, invalidRequest } from './errors.ts';
import { parseForm, type RawHash } from './form.ts';
import { keepAnswer, keptAnswer, type SentAnswer } from './idempotency.ts';
import { toJson } from './json.ts';
import { list, string } from './params.ts';
import type { Route } from './route.ts';
import { show } from './show.ts';

const BODY_LIMIT = '1mb';
const API_PATHS = /^\/v[12]\//;

/** The whole API as an Express router; a path without a route gets Stripe's 404, naming what was asked. */
export function apiRouter(world: SandboxWorld, routes: readonly Route[]): Router {
  const router = express.Router({ caseSensitive: true });
  router.all(API_PATHS, express.text({ type: () => true, limit: BODY_LIMIT }), openRequest, (request, _, next) => {
    checkAccount(request.headers, world.accountId);
    next();
  });
  for (const route of routes) {
    const method = route.method.toLowerCase() as 'get' | 'post' | 'delete';
    router[method](route.path, (request, response) => answer(world, route, request, response));
  }
  router.all(API_PATHS, (request) => {
    throw unknownRoute(request.method, request.path);
  });
  router.use((error: unknown, _: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) next(error);
    else sendError(response, asStripeError(error), world.accountId);
  });
  return router;
}

function openRequest(request: Request, response: Response, next: NextFunction): void {
  checkKey(request.headers);
  response.locals.requestId = newId('req');
  response.set({
    'Request-Id': requestIdOf(response),
    'Stripe-Version': API_VERSION,
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Request-Id, Stripe-Manage-Version, X-Stripe-External-Auth-Required, X-Stripe-Privileged-Session-Required',
    'Cache-Control': 'no-cache, no-store',
    Vary: 'Origin',
    'X-Stripe-Routing-Context-Priority-Tier': 'api-testmode',
  });
  checkVersion(request.headers, request.path);
  next();
}

function requestIdOf(response: Response): string {
  return response.locals.requestId as string;
}

function answer(world: SandboxWorld, route: Route, request: Request, response: Response): void {
  const call = readCall(request, requestIdOf(response));
  const kept = call.key === undefined ? undefined : keptAnswer(world.store, call.key, call.fingerprint);
  if (kept) response.set('Idempotent-Replayed', 'true');
  const sent = kept ?? run(world, route, call);
  response.set('Date', new Date(world.now() * 1000).toUTCString());
  if (call.key !== undefined) response.set({ 'Idempotency-Key': call.key, 'Original-Request': sent.requestId });
  if (request.method === 'POST' && sent.status < 300) response.set('Stripe-Should-Retry', 'false');
  send(response, sent.status, sent.body);
}

interface HttpCall {
  requestId: string;
  path: Record<string, string>;
  params: RawHash;
  expand: string[];
  /** The idempotency key of a POST; other methods ignore it. */
  key: string | undefined;
  fingerprint: string;
}

function readCall(request: Request, requestId: string): HttpCall {
  const raw = rawParameters(request);
  const { expand = [], ...params } = raw;
  return {
    requestId,
    path: Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, String(value)])),
    params,
    expand: list(string()).read(typeof expand === 'string' ? [expand] : expand, 'expand'),
    key: request.method === 'POST' ? request.get('idempotency-key') : undefined,
    fingerprint: `${request.method} ${request.path} ${JSON.stringify(raw)}`,
  };
}

/** GET and DELETE speak in the query, POST in the body; the Stripe CLI names the form type everywhere. */
function rawParameters(request: Request): RawHash {
  if (request.method === 'POST' && request.is('json')) throw invalidRequest(NOT_A_FORM);
  const query = request.originalUrl.split('?')[1] ?? '';
  const body = typeof request.body === 'string' ? request.body : '';
  return parseForm([query, body].filter((part) => part !== '').join('&'));
}

const NOT_A_FORM =
  'Invalid request (check that your POST content type is application/x-www-form-urlencoded). ' +
  'If you have questions, we can help at https://support.stripe.com/.';

/** In the time of the test clock that the call concerns, if any. */
function run(world: SandboxWorld, route: Route, call: HttpCall): SentAnswer {
  const work = route.prepare(call);
  return inConcernedTime(world, concernOf(route.method, call.path, call.params), () => commit(world, work, call));
}

/** Everything that the call writes, its events and its kept answer go into one transaction; a refusal undoes the writes. */
function commit(world: SandboxWorld, work: (world: SandboxWorld) => object, call: HttpCall): SentAnswer {
  const keep = (sent: SentAnswer): SentAnswer => {
    if (call.key !== undefined) keepAnswer(world.store, call.key, call.fingerprint, sent, realSeconds());
    return sent;
  };
  try {
    return world.store.transaction(() => keep(execute(world, work, call)));
  } catch (error) {
    return keep(errorAnswer(asStripeError(error), call.requestId, world.accountId));
  }
}

function execute(world: SandboxWorld, work: (world: SandboxWorld) => object, call: HttpCall): SentAnswer {
  const cause = { id: call.requestId, idempotency_key: call.key ?? null };
  try {
    const answered = world.duringRequest(cause, () => work(world));
    return { status: 200, body: toJson(show(world, answered, call.expand)), requestId: call.requestId };
  } catch (error) {
    // A declined card is an answer, not a failure: what the attempt wrote is committed with it.
    if (error instanceof StripeError && error.keepsWrites) return errorAnswer(error, call.requestId, world.accountId);
    throw error;
  }
}

function asStripeError(error: unknown): StripeError {
  if (error instanceof StripeError) return error;
  const { status } = error as { status?: unknown };
  if (status === 413) return new StripeError(413, { type: 'invalid_request_error', message: `The body is larger than ${BODY_LIMIT}.` });
  process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
  return new StripeError(500, { type: 'api_error', message: 'The sandbox failed at this call; its own output says where.' });
}

function unknownRoute(method: string, path: string): StripeError {
  const message = `Unrecognized request URL (${method}: ${path}). The sandbox has no such route; its documentation lists those it has.`;
  return new StripeError(404, { type: 'invalid_request_error', message });
}

function errorAnswer(error: StripeError, requestId: string, accountId: string): SentAnswer {
  const logUrl = `https://dashboard.stripe.com/${accountId}/test/workbench/logs?object=${requestId}`;
  const body = error.status === 401 ? error.body : { ...error.body, request_log_url: logUrl };
  return { status: error.status, body: toJson({ error: body }), requestId };
}

function sendError(response: Response, error: StripeError, accountId: string): void {
  response.set(error.headers);
  const { status, body } = errorAnswer(error, requestIdOf(response), accountId);
  send(response, status, body);
}

function send(response: Response, status: number, body: string): void {
  response.locals.sent = body;
  response.status(status).type('json').send(body);
}
