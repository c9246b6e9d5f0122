/** /_sandbox/deliveries and /_sandbox/webhook_endpoints: what Stripe shows and does in its Dashboard only. */
import express, { type Request, type Router } from 'express';
import type Stripe from 'stripe';
import { newestDeliveries, type Attempt, type Delivery } from '../deliver/deliveries.ts';
import { rolledSecrets, type WebhookEndpoint } from '../deliver/receivers.ts';
import { newId } from '../ids.ts';
import type { SandboxWorld } from '../sandbox-world.ts';
import type { Store, Where } from '../world.ts';
import { Refusal } from './refusal.ts';

const OVERLAP_MAX_SECONDS = 24 * 3600;
const LISTED_DEFAULT = 100;
const LISTED_MAX = 1000;
const BODY_SHOWN_CHARACTERS = 500;
const STATUSES: readonly string[] = ['pending', 'acknowledged', 'succeeded', 'failed'] satisfies Delivery['status'][];

export function webhookControls({ store }: SandboxWorld): Router {
  const router = express.Router();
  router.get('/deliveries', ({ query }, response) => {
    const found = newestDeliveries(store, readFilter(query), readLimit(query));
    response.json({ deliveries: found.map((delivery) => shownDelivery(store, delivery)) });
  });
  router.post('/webhook_endpoints/:id/roll', ({ params, body }, response) => {
    const endpoint = store.find<WebhookEndpoint>('webhook_endpoint', params.id);
    if (!endpoint) throw new Refusal(`No such webhook endpoint: '${params.id}'`, 404);
    response.json(roll(store, endpoint, readOverlap(body)));
  });
  return router;
}

/** A new secret, shown this once. Deliveries are signed with the old one, too, until the overlap is over. */
function roll(store: Store, endpoint: WebhookEndpoint, overlapSeconds: number): object {
  const until = Date.now() + overlapSeconds * 1000;
  const secret = newId('whsec');
  const rolled = [{ secret: endpoint._secret, until }, ...rolledSecrets(endpoint)];
  store.save<WebhookEndpoint>({ ...endpoint, _secret: secret, _rolled_secrets: rolled });
  return { id: endpoint.id, secret, old_secrets_expire_at: new Date(until).toISOString() };
}

function readOverlap(body: unknown): number {
  const { overlap_seconds: seconds = 0 } = (body ?? {}) as { overlap_seconds?: unknown };
  if (Number.isInteger(seconds) && Number(seconds) >= 0 && Number(seconds) <= OVERLAP_MAX_SECONDS) return Number(seconds);
  throw new Refusal(`"overlap_seconds" must be a whole number from 0 to ${OVERLAP_MAX_SECONDS}.`);
}

const FILTERS = { event: 'event', endpoint: 'receiver', status: 'status' } as const;

function readFilter(query: Request['query']): Where {
  const unknown = Object.keys(query).find((name) => name !== 'limit' && !Object.hasOwn(FILTERS, name));
  if (unknown !== undefined) throw new Refusal(`Deliveries cannot be listed by ${unknown}. They can by: event, endpoint, status, limit.`);
  if (query.status !== undefined && !STATUSES.some((status) => status === query.status)) throw new Refusal(`"status" is one of: ${STATUSES.join(', ')}.`);
  return Object.fromEntries(Object.entries(FILTERS).flatMap(([name, field]) => (query[name] === undefined ? [] : [[field, readOne(name, query[name])]])));
}

function readOne(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new Refusal(`"${name}" can be given once.`);
  return value;
}

function readLimit({ limit = String(LISTED_DEFAULT) }: Request['query']): number {
  if (typeof limit === 'string' && /^\d{1,4}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= LISTED_MAX) return Number(limit);
  throw new Refusal(`"limit" must be a whole number from 1 to ${LISTED_MAX}.`);
}

function shownDelivery(store: Store, { id, event, receiver, status, due, due_by: dueBy, attempts }: Delivery): object {
  const { type = null } = store.find<Stripe.Event>('event', event) ?? {};
  const next = status === 'pending' ? { at: isoTime(due), time: dueBy } : null;
  return { id, event, type, endpoint: receiver, status, next_attempt: next, attempts: attempts.map(shownAttempt) };
}

function shownAttempt({ at, status, milliseconds, body, error }: Attempt): object {
  return { at: isoTime(at), status, milliseconds: milliseconds ?? null, body: withoutSecrets(body).slice(0, BODY_SHOWN_CHARACTERS), error };
}

/** A receiver may answer with what it was sent. */
function withoutSecrets(text: string): string {
  return text.replace(/whsec_\w+/g, 'whsec_****').replace(/\b(v[01])=[0-9a-f]+/g, '$1=****');
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
