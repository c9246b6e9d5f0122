/** What the sandbox and the Stripe CLI say to each other about one event: the frames out, acknowledgements and answers in. */
import type Stripe from 'stripe';
import { API_VERSION } from '../api-version.ts';
import { realSeconds } from '../clock.ts';
import { toJson } from '../wire/json.ts';
import type { Store } from '../world.ts';
import { cliSecret } from './cli-sessions.ts';
import { findDelivery, logAttempt, settle, type Delivery } from './deliveries.ts';
import { eventInVersion } from './event-shape.ts';
import { isSuccess, type Outcome } from './post.ts';
import { eventHeaders } from './signature.ts';

/**
 * Each event goes out twice, as from Stripe: in the account's version for a plain `listen`, which is told by the version's
 * absence, and in the newest for `listen --latest`.
 * The CLI acknowledges both and drops the one that is not its own, so that one acknowledgement alone proves nothing.
 */
const COPIES = { default: null, latest: API_VERSION } as const;
type Copy = keyof typeof COPIES;

/** A delivery to the CLI, and which of its copies have been acknowledged. */
type CliDelivery = Delivery & { _acknowledged?: Copy[] };

/** The copies that are still to be acknowledged. */
export function eventFrames(store: Store, event: Stripe.Event, delivery: CliDelivery): string[] {
  return unacknowledged(delivery).map((copy) => {
    const payload = toJson(eventInVersion(store, event, COPIES[copy]));
    return JSON.stringify({
      type: 'webhook_event',
      endpoint: { api_version: COPIES[copy] },
      event_payload: payload,
      http_headers: eventHeaders(payload, cliSecret(store), realSeconds()),
      webhook_conversation_id: `${delivery.id}.${copy}`,
      webhook_id: delivery.receiver,
    });
  });
}

function unacknowledged({ _acknowledged: known = [] }: CliDelivery): Copy[] {
  return (Object.keys(COPIES) as Copy[]).filter((copy) => !known.includes(copy));
}

interface Frame {
  type?: unknown;
  webhook_conversation_id?: unknown;
  status?: unknown;
  body?: unknown;
}

/**
 * An acknowledgement of both copies ends the delivery: the CLI drops what was not asked for after it has acknowledged it, so
 * silence afterwards is no failure. What the forwarded post answered goes into the delivery's log and decides how it ended.
 */
export function hear(store: Store, text: string): void {
  const frame = parseFrame(text);
  const [id = '', copy = ''] = typeof frame.webhook_conversation_id === 'string' ? frame.webhook_conversation_id.split('.') : [];
  const delivery = findDelivery(store, id);
  if (!delivery) return;
  if (frame.type === 'event_ack') acknowledge(store, delivery, copy);
  if (frame.type === 'webhook_response') answer(store, delivery, frame);
}

function acknowledge(store: Store, delivery: CliDelivery, copy: string): void {
  if (delivery.status !== 'pending' || !isCopy(copy)) return;
  const told: CliDelivery = { ...delivery, _acknowledged: [...(delivery._acknowledged ?? []), copy] };
  if (unacknowledged(told).length > 0) store.save(told);
  else settle(store, told, endOf(told.attempts));
}

function isCopy(word: string): word is Copy {
  return Object.hasOwn(COPIES, word);
}

function answer(store: Store, delivery: CliDelivery, { status, body }: Frame): void {
  const outcome = { status: Number(status), body: typeof body === 'string' ? body : '', error: null };
  const isOpen = delivery.status === 'pending';
  logAttempt(store, isOpen ? delivery : { ...delivery, status: endOf([...delivery.attempts, outcome]) }, outcome);
}

/** The CLI posts to each configured endpoint: all of them have to be content. */
function endOf(answers: readonly Outcome[]): 'acknowledged' | 'succeeded' | 'failed' {
  if (answers.length === 0) return 'acknowledged';
  return answers.every(isSuccess) ? 'succeeded' : 'failed';
}

function parseFrame(text: string): Frame {
  try {
    return (JSON.parse(text) ?? {}) as Frame;
  } catch {
    return {};
  }
}
