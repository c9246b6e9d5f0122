/** A world for billing's stories: a real store in memory, a clock that a test moves, and the events that were told. */
import { buildCustomer } from '../../../../sandbox/billing/customers.ts';
import { dueMoment, runNextDue } from '../../../../sandbox/billing/due.ts';
import { attachPaymentMethod, createPaymentMethod } from '../../../../sandbox/billing/payment-methods.ts';
import type { Customer, Invoice, Price, Product, Subscription } from '../../../../sandbox/billing/shapes.ts';
import { type SubscriptionOrder } from '../../../../sandbox/billing/new-subscription.ts';
import { createSubscription } from '../../../../sandbox/billing/subscription-start.ts';
import { newId } from '../../../../sandbox/ids.ts';
import { openStore } from '../../../../sandbox/store.ts';
import { createSwitches, type Switches } from '../../../../sandbox/switches.ts';
import { visible } from '../../../../sandbox/wire/show.ts';
import { StripeError } from '../../../../sandbox/wire/errors.ts';
import type { StripeObject, World } from '../../../../sandbox/world.ts';

export interface ToldEvent {
  type: string;
  created: number;
  object: StripeObject & Record<string, unknown>;
  previous: Record<string, unknown> | undefined;
}

export interface BillingWorld extends World {
  switches: Switches;
  /** The events since the last call. */
  told(): ToldEvent[];
  /** Their types. */
  toldTypes(): string[];
  /** Moves the time and runs what falls due on the way. */
  advanceTo(seconds: number): void;
}

/** 2026-01-15 12:00:00 UTC */
export const START = Date.UTC(2026, 0, 15, 12) / 1000;

export const GOOD_CARD = { number: '4242424242424242', expMonth: 12, expYear: 34, cvc: '123' };
export const FAILING_CARD = { ...GOOD_CARD, number: '4000000000000341' };
export const REFUSED_CARD = { ...GOOD_CARD, number: '4000000000000002' };

export function openBillingWorld(start = START): BillingWorld {
  const store = openStore(undefined, dueMoment);
  let now = start;
  const switches = createSwitches(store);
  const events: ToldEvent[] = [];
  const told = (): ToldEvent[] => events.splice(0);
  const world: BillingWorld = {
    store,
    baseUrl: 'http://127.0.0.1:12111',
    now: () => now,
    at(seconds, work) {
      const before = now;
      now = seconds;
      try {
        return work();
      } finally {
        now = before;
      }
    },
    inTestClock: (seconds, work) => world.at(seconds, work),
    newId,
    switches,
    switchOf: (name) => switches.get(name),
    emit(type, object, previous) {
      events.push({ type, created: now, object: structuredClone(visible(object)) as ToldEvent['object'], previous });
    },
    told,
    toldTypes: () => told().map((event) => event.type),
    advanceTo(seconds) {
      while (runNextDue(world, seconds) !== undefined);
      now = seconds;
    },
  };
  return world;
}

export function addCustomer(world: World, fields: Partial<Customer> = {}): Customer {
  return world.store.insert({ ...buildCustomer(world), email: 'ada@example.com', ...fields });
}

/** $60.00 a month, unless told otherwise. */
export function addPrice(world: World, fields: Partial<Price> = {}): Price {
  const product = world.store.insert({ id: world.newId('prod'), object: 'product', name: 'Pair Coding' } as Product);
  return world.store.insert<Price>({
    id: world.newId('price'),
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created: world.now(),
    currency: 'usd',
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: null,
    product: product.id,
    recurring: { interval: 'month', interval_count: 1, meter: null, trial_period_days: null, usage_type: 'licensed' },
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'recurring',
    unit_amount: 6000,
    unit_amount_decimal: '6000',
    ...fields,
  });
}


/** A customer whose default card pays for a monthly subscription without a trial, unless told otherwise. */
export function subscribe(world: World, order: Partial<SubscriptionOrder> = {}, card = GOOD_CARD) {
  const customer = addCustomer(world);
  const price = addPrice(world);
  const kept = attachPaymentMethod(world, createPaymentMethod(world, card).id, customer.id);
  const subscription = createSubscription(world, {
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: kept.id,
    ...order,
  });
  return { customer, price, card: kept, id: subscription.id };
}

export function subscriptionNow(world: World, id: string): Subscription {
  const found = world.store.find<Subscription>('subscription', id);
  if (found === undefined) throw new Error(`no subscription ${id}`);
  return found;
}

export function latestInvoice(world: World, id: string): Invoice {
  const found = world.store.find<Invoice>('invoice', subscriptionNow(world, id).latest_invoice ?? '');
  if (found === undefined) throw new Error(`subscription ${id} has no invoice`);
  return found;
}

/** The refusal that `work` ends with. */
export function refusalOf(work: () => unknown): StripeError {
  try {
    work();
  } catch (error) {
    if (error instanceof StripeError) return error;
    throw error;
  }
  throw new Error('expected a StripeError, but the call succeeded');
}
