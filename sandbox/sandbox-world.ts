/** The world that the whole sandbox shares: store, time, ids, and events written beside the change that caused them. */
import type Stripe from 'stripe';
import { accountIdOf } from './account-id.ts';
import type { Clock } from './clock.ts';
import type { Outbox } from './deliver/outbox.ts';
import { newId } from './ids.ts';
import type { Switches } from './switches.ts';
import { visible } from './wire/show.ts';
import type { Store, World } from './world.ts';

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

export function createWorld(parts: { store: Store; clock: Clock; switches: Switches; outbox: Outbox; baseUrl: string }): SandboxWorld {
  const { store, clock, switches, outbox, baseUrl } = parts;
  const accountId = accountIdOf(store);
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
      outbox.add({ created: clock.sandboxNow(), data, request, type: type as Stripe.Event['type'] });
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
