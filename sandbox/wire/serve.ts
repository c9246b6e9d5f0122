/** Runs every route of the API in one way: key, version, parameters, idempotency, one transaction, expansion, headers. */
import { setTimeout as pause } from 'node:timers/promises';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { API_VERSION } from '../api-version.ts';
import { newId } from '../ids.ts';
import type { SandboxWorld } from '../sandbox-world.ts';
import { concernOf, inConcernedTime } from '../test-clock-time.ts';
import { ANSWERS } from '../watched.ts';
import { checkAccount, checkKey, checkVersion } from './authorize.ts';
import { StripeError, invalidRequest } from './errors.ts';
import { isHash, parseForm, type Raw, type RawHash } from './form.ts';
import { errorOf, FAULT_ANSWERS, takeFault, type Fault } from './faults.ts';
import { isKept, keepAnswer, keptAnswer, keyInUse, type SentAnswer } from './idempotency.ts';
import { toJson } from './json.ts';
import { list, string } from './params.ts';
import type { Route } from './route.ts';
import { show } from './show.ts';

const BODY_LIMIT = '1mb';
const API_PATHS = /^\/v[12](\/|$)/;

/** The whole API as an Express router; a path without a route gets Stripe's 404, naming what was asked. */
export function apiRouter(world: SandboxWorld, routes: readonly Route[]): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  const keysInUse = new Set<string>();
  router.all(API_PATHS, (request, response, next) => {
    openRequest(world, request, response);
    next();
  });
  router.all(API_PATHS, express.text({ type: () => true, limit: BODY_LIMIT }), (request, response, next) => {
    strike(takeFault(world.store, request.method, request.path), response, next);
  });
  for (const route of routes) {
    const method = route.method.toLowerCase() as 'get' | 'post' | 'delete';
    router[method](route.path, (request, response) => answer({ world, route, keysInUse }, request, response));
  }
  router.use(({ method, path }) => {
    throw unknownRoute(routes, method, path);
  });
  router.use((error: unknown, _: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) next(error);
    else sendError(response, asStripeError(error), world.accountId);
  });
  return router;
}

function openRequest(world: SandboxWorld, request: Request, response: Response): void {
  response.set('Date', new Date(world.now() * 1000).toUTCString());
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
  const key = keyOf(request);
  if (key !== undefined) response.set({ 'Idempotency-Key': key, 'Original-Request': requestIdOf(response) });
  checkVersion(request.headers, request.path);
  checkAccount(request.headers, world.accountId);
}

/** Who shows no key gets none: see `openRequest`. */
function requestIdOf(response: Response): string {
  return (response.locals.requestId as string | undefined) ?? '';
}

/** The idempotency key of a POST; other methods ignore it. */
function keyOf(request: Request): string | undefined {
  return (request.method === 'POST' && request.get('idempotency-key')) || undefined;
}

/** A fault that comes before the execution ends the call here; others are remembered for the answer. */
function strike(fault: Fault | undefined, response: Response, next: NextFunction): void {
  response.locals.fault = fault;
  if (fault === undefined || FAULT_ANSWERS[fault.answer].when !== 'before') return next();
  if (fault.answer === 'reset') return void response.socket?.resetAndDestroy();
  if (fault.answer !== '502') throw errorOf(fault);
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.status(502).type('html').send(BAD_GATEWAY);
}

const BAD_GATEWAY = '<html>\n<head><title>502 Bad Gateway</title></head>\n<body><center><h1>502 Bad Gateway</h1></center></body>\n</html>\n';

interface Serving {
  world: SandboxWorld;
  route: Route;
  /** The keys of calls whose answer is not sent yet. */
  keysInUse: Set<string>;
}

async function answer({ world, route, keysInUse }: Serving, request: Request, response: Response): Promise<void> {
  const call = readCall(request, requestIdOf(response));
  const fault = response.locals.fault as Fault | undefined;
  if (call.key !== undefined && keysInUse.has(call.key)) throw keyInUse(call.key);
  const kept = call.key === undefined ? undefined : keptAnswer(world.store, call.key, call.fingerprint);
  const sent = kept ?? run(world, route, call, fault);
  if (kept) response.set('Idempotent-Replayed', 'true');
  if (call.key !== undefined) response.set('Original-Request', sent.requestId);
  if (request.method === 'POST' && isFinal(sent.status)) response.set('Stripe-Should-Retry', 'false');
  if (fault?.answer === 'delay') await holdingKey(call.key, keysInUse, fault.seconds);
  send(response, sent.status, sent.body);
}

/** Neither of what is missing nor of what failed does Stripe say whether to try again. */
function isFinal(status: number): boolean {
  return status < 500 && status !== 404 && status !== 429;
}

async function holdingKey(key: string | undefined, keysInUse: Set<string>, seconds: number): Promise<void> {
  if (key !== undefined) keysInUse.add(key);
  await pause(seconds * 1000, undefined, { ref: false });
  if (key !== undefined) keysInUse.delete(key);
}

interface HttpCall {
  requestId: string;
  path: Record<string, string>;
  params: RawHash;
  expand: string[];
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
    key: keyOf(request),
    fingerprint: `${request.method} ${request.path} ${JSON.stringify(inOrder(raw))}`,
  };
}

/** The same parameters in another order are the same. */
function inOrder(raw: Raw): unknown {
  if (!isHash(raw)) return raw;
  return Object.keys(raw).sort().map((name) => [name, inOrder(raw[name]!)]);
}

/** GET and DELETE speak in the query, POST in the body; the Stripe CLI names the form type everywhere. */
function rawParameters(request: Request): RawHash {
  if (request.method === 'POST' && request.is(['json', 'multipart'])) throw invalidRequest(NOT_A_FORM);
  const query = request.originalUrl.split('?')[1] ?? '';
  const body = typeof request.body === 'string' ? request.body : '';
  return parseForm([query, body].filter((part) => part !== '').join('&'));
}

const NOT_A_FORM =
  'Invalid request (check that your POST content type is application/x-www-form-urlencoded). ' +
  'If you have questions, we can help at https://support.stripe.com/.';

/** In the time of the test clock that the call concerns, if any. */
function run(world: SandboxWorld, route: Route, call: HttpCall, fault: Fault | undefined): SentAnswer {
  const work = route.prepare(call);
  return inConcernedTime(world, concernOf(route.method, call.path, call.params), () => commit(world, work, call, fault));
}

/** Everything that the call writes, its events and its kept answer go into one transaction; a refusal undoes the writes. */
function commit(world: SandboxWorld, work: (world: SandboxWorld) => object, call: HttpCall, fault: Fault | undefined): SentAnswer {
  const keep = (sent: SentAnswer): SentAnswer => {
    if (call.key !== undefined) keepAnswer(world.store, call.key, call.fingerprint, sent);
    return sent;
  };
  try {
    if (fault?.answer === '500') throw errorOf(fault);
    return world.store.transaction(() => keep(execute(world, work, call)));
  } catch (error) {
    const refusal = asStripeError(error);
    if (!isKept(refusal)) throw refusal;
    return keep(errorAnswer(refusal, call.requestId, world.accountId));
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
  const { status, message = '' } = error as { status?: unknown; message?: string };
  if (status === 413) return new StripeError(413, { type: 'invalid_request_error', message: `The body is larger than ${BODY_LIMIT}.` });
  // A path or a body that Express cannot decode.
  if (typeof status === 'number' && status < 500) return invalidRequest(`Invalid request: ${message}.`);
  process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
  return new StripeError(500, { type: 'api_error', message: 'The sandbox failed at this call; its own output says where.' });
}

function unknownRoute(routes: readonly Route[], method: string, path: string): StripeError {
  const message = `Unrecognized request URL (${method}: ${path}). ${path.endsWith('/') ? TRAILING_SLASH : whatElse(routes, path)}`;
  return new StripeError(404, { type: 'invalid_request_error', message });
}

/** What an empty id comes to: the SDK asks for `/v1/customers/`. */
const TRAILING_SLASH =
  'If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed ' +
  'a valid (non-empty) identifier in your code. Please see https://stripe.com/docs or we can help at https://support.stripe.com/.';

function whatElse(routes: readonly Route[], path: string): string {
  const methods = routes.filter((one) => new RegExp(`^${one.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(path)).map(({ method }) => method);
  if (methods.length > 0) return `The sandbox has this path for ${methods.join(', ')} only.`;
  return 'The sandbox has no such route; its documentation lists those it has.';
}

function errorAnswer(error: StripeError, requestId: string, accountId: string): SentAnswer {
  const logUrl = `https://dashboard.stripe.com/${accountId}/test/workbench/logs?object=${requestId}`;
  const body = requestId === '' ? error.body : { ...error.body, request_log_url: logUrl };
  return { status: error.status, body: toJson({ error: body }), requestId };
}

function sendError(response: Response, error: StripeError, accountId: string): void {
  response.set(error.headers);
  const { status, body } = errorAnswer(error, requestIdOf(response), accountId);
  send(response, status, body);
}

function send(response: Response, status: number, body: string): void {
  const fault = response.locals.fault as Fault | undefined;
  if (fault?.answer === 'cut') return void response.socket?.resetAndDestroy();
  response.locals.sent = body;
  ANSWERS.publish(body);
  response.status(status).type('json').send(body);
}
