/** Events by API version: each is shaped when it is emitted, and anew for an endpoint that names another version. */
import type Stripe from 'stripe';
import { API_VERSION } from '../api-version.ts';
import { previousAttributes } from '../billing/change.ts';
import type { EventVersion } from '../event-versions.ts';
import type { Store, StripeObject } from '../world.ts';
import { inOlderShape } from './older-shapes.ts';

/** The current shape of an event that was emitted in an older one. */
const CURRENT_KIND = '_event_in_current_version';

interface CurrentEvent extends StripeObject {
  data: EventData;
}
interface EventData {
  object: StripeObject;
  previous_attributes?: object;
}

/** Stores a new event in the account's version; from then on that is its own. */
export function storeEvent(store: Store, event: Stripe.Event, version: EventVersion): Stripe.Event {
  if (version === API_VERSION) return store.insert(event);
  store.insert<CurrentEvent>({ id: event.id, object: CURRENT_KIND, data: event.data as unknown as EventData });
  return store.insert(shaped(store, event, event.data as unknown as EventData, version));
}

/** The event for a receiver that wants `version`; null is whatever the event was emitted in. */
export function eventInVersion(store: Store, event: Stripe.Event, version: string | null): Stripe.Event {
  if (version === null || version === event.api_version) return event;
  const current = store.find<CurrentEvent>(CURRENT_KIND, event.id)?.data ?? (event.data as unknown as EventData);
  return shaped(store, event, current, version as EventVersion);
}

function shaped(store: Store, event: Stripe.Event, { object, previous_attributes: previous }: EventData, version: EventVersion): Stripe.Event {
  const now = inOlderShape(store, object, version);
  const before = previous && inOlderShape(store, overlaid(object, previous), version);
  const data = { object: now, ...(before ? { previous_attributes: previousAttributes(before, now) ?? {} } : {}) };
  return { ...event, api_version: version, data } as unknown as Stripe.Event;
}

/** The object as it was before: hashes of `previous` hold only what differed, lists are whole. */
function overlaid<T extends object>(object: T, previous: object): T {
  const now = object as Record<string, unknown>;
  const old = Object.entries(previous).map(([name, value]) => [name, isHash(value) && isHash(now[name]) ? overlaid(now[name], value) : (value as unknown)]);
  return { ...object, ...Object.fromEntries(old) } as T;
}

function isHash(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
