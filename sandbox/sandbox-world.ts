/** The world that the whole sandbox shares: store, time, ids, and events written beside the change that caused them. */
import type Stripe from 'stripe';
import { accountIdOf } from './account-id.ts';
import { API_VERSION } from './api-version.ts';
import type { Clock } from './clock.ts';
import type { Outbox } from './deliver/outbox.ts';
import { newId } from './ids.ts';
import { createSwitches, type Switches } from './switches.ts';
import { visible } from './wire/show.ts';
import type { Store, StripeObject, World } from './world.ts';

/** The call that causes events: `id` null is Stripe's own automation. */
export interface CausingRequest {
  id: string | null;
  idempotency_key: string | null;
}

export interface SandboxWorld extends World {
  clock: Clock;
  switches: Switches;
  accountId: string;
  /** Events emitted while `work` runs name this request as their cause. */
  duringRequest<T>(request: CausingRequest, work: () => T): T;
}

const AUTOMATION: CausingRequest = { id: null, idempotency_key: null };

export function createWorld(parts: { store: Store; clock: Clock; outbox: Outbox; baseUrl: string }): SandboxWorld {
  const { store, clock, outbox, baseUrl } = parts;
  const accountId = accountIdOf(store);
  const switches = createSwitches(store);
  let request = AUTOMATION;
  return {
    store,
    clock,
    switches,
    baseUrl,
    accountId,
    newId,
    switchOf: (name) => switches.get(name),
    now: () => clock.now(),
    at: (seconds, work) => clock.at(seconds, work),
    inTestClock: (seconds, work) => clock.inTestClock(seconds, work),
    emit(type, object, previous) {
      const data = { object: visible(object), ...(previous ? { previous_attributes: previous } : {}) };
      const pendingWebhooks = outbox.countEndpoints(type);
      outbox.add(store.insert(eventOf(type, data, { created: clock.sandboxNow(), pending_webhooks: pendingWebhooks, request })));
    },
    duringRequest(cause, work) {
      const before = request;
      request = cause;
      try {
        return work();
      } finally {
        request = before;
      }
    },
  };
}

type EventFacts = Pick<Stripe.Event, 'created' | 'pending_webhooks' | 'request'>;

function eventOf(type: string, data: { object: StripeObject }, facts: EventFacts): Stripe.Event {
  const { created, pending_webhooks, request } = facts;
  const id = newId('evt');
  const event = { id, object: 'event', api_version: API_VERSION, created, data, livemode: false, pending_webhooks, request, type };
  return event as unknown as Stripe.Event;
}
