/** Each transition of a subscription's life: how it comes about, by the name that it has in docs/sandbox-billing.md. */
import { DAY_SECONDS, HOUR_SECONDS } from '../../../../sandbox/billing/calendar.ts';
import { setDefaultPaymentMethod } from '../../../../sandbox/billing/customers.ts';
import { payInvoice } from '../../../../sandbox/billing/manual-invoices.ts';
import type { SubscriptionOrder } from '../../../../sandbox/billing/new-subscription.ts';
import type { PaymentIntent } from '../../../../sandbox/billing/shapes.ts';
import { requestPause } from '../../../../sandbox/billing/subscription-pause.ts';
import { resumeSubscription } from '../../../../sandbox/billing/subscription-resume.ts';
import { cancelSubscription, scheduleCancellation, updateSubscription } from '../../../../sandbox/billing/subscriptions.ts';
import {
  FAILING_CARD,
  GOOD_CARD,
  latestInvoice,
  refusalOf,
  START,
  subscribe,
  subscriptionNow,
  type BillingWorld,
} from './billing-world.ts';

export interface Transition {
  /** What goes before; nothing for a beginning. Answers the subscription's id. */
  given(world: BillingWorld): string;
  /** What makes it happen; a beginning answers its id. */
  when(world: BillingWorld, id: string): unknown;
}

const TRIAL_END = START + 3 * DAY_SECONDS;
const PERIOD_END = Date.UTC(2026, 1, 15, 12) / 1000;

const RETRIES = 8;

const trial = { trial_period_days: 3 };
const pausing = { trial_settings: { end_behavior: { missing_payment_method: 'pause' as const } }, default_payment_method: null };

const nothing = (): string => '';
const subscribed = (order: Partial<SubscriptionOrder> = {}, card = GOOD_CARD) => (world: BillingWorld) => subscribe(world, order, card).id;

function pastDue(world: BillingWorld): string {
  const { id } = subscribe(world, trial, FAILING_CARD);
  world.advanceTo(TRIAL_END + HOUR_SECONDS);
  return id;
}

function customerOf(world: BillingWorld, id: string): string {
  return subscriptionNow(world, id).customer;
}

function pausedTrial(world: BillingWorld, card = GOOD_CARD): string {
  const { id, customer } = subscribe(world, { ...trial, ...pausing });
  world.advanceTo(TRIAL_END + DAY_SECONDS);
  setDefaultPaymentMethod(world, customer.id, card);
  return id;
}

function payLatest(world: BillingWorld, id: string): void {
  payInvoice(world, latestInvoice(world, id).id);
}

function endOfDunning(setting: 'cancel' | 'unpaid' | 'leave') {
  return (world: BillingWorld): string => {
    world.switches.set({ dunning_end: setting });
    const id = pastDue(world);
    while (latestInvoice(world, id).attempt_count < RETRIES) nextTry(world, id);
    return id;
  };
}

function unpaid(world: BillingWorld): string {
  const id = endOfDunning('unpaid')(world);
  nextTry(world, id);
  return id;
}

/** As if the bank had said that the card is lost. */
function declineForGood(world: BillingWorld, id: string): void {
  const [intent] = world.store.all<PaymentIntent>('payment_intent', { customer: customerOf(world, id) });
  if (!intent?.last_payment_error) throw new Error('the payment was not declined');
  const last_payment_error = { ...intent.last_payment_error, decline_code: 'lost_card' };
  world.store.save<PaymentIntent>({ ...intent, last_payment_error });
}

/** The second period of who is sent invoices; the first is paid. */
function billedByLetter(world: BillingWorld): string {
  const { id } = subscribe(world, { collection_method: 'send_invoice', days_until_due: 14 });
  world.advanceTo(START + HOUR_SECONDS);
  payLatest(world, id);
  world.advanceTo(PERIOD_END);
  return id;
}

function nextTry(world: BillingWorld, id: string): void {
  world.advanceTo(latestInvoice(world, id).next_payment_attempt ?? 0);
}

export const TRANSITIONS: Record<string, Transition> = {
  'begins with a trial': { given: nothing, when: (world) => subscribe(world, trial).id },
  'begins paid': { given: nothing, when: (world) => subscribe(world).id },
  'begins unpaid': { given: nothing, when: (world) => subscribe(world, {}, FAILING_CARD).id },
  'begins, to be confirmed': {
    given: nothing,
    when: (world) => subscribe(world, { payment_behavior: 'default_incomplete' }).id,
  },
  'first payment comes': {
    given: subscribed({ payment_behavior: 'default_incomplete' }),
    when: payLatest,
  },
  'first payment never comes': {
    given: subscribed({}, FAILING_CARD),
    when: (world) => world.advanceTo(START + 23 * HOUR_SECONDS),
  },
  'trial ends': { given: subscribed(trial, FAILING_CARD), when: (world) => world.advanceTo(TRIAL_END) },
  'trial ends without a card: pause': {
    given: subscribed({ ...trial, ...pausing }),
    when: (world) => world.advanceTo(TRIAL_END),
  },
  'trial ends without a card: cancel': {
    given: subscribed({ ...trial, default_payment_method: null, trial_settings: { end_behavior: { missing_payment_method: 'cancel' } } }),
    when: (world) => world.advanceTo(TRIAL_END),
  },
  'trial is ended by `trial_end: now`, dead card': {
    given: subscribed(trial, FAILING_CARD),
    when: (world, id) => updateSubscription(world, id, { trial_end: 'now' }),
  },
  'trial is moved': {
    given: subscribed(trial),
    when: (world, id) => updateSubscription(world, id, { trial_end: START + 10 * DAY_SECONDS }),
  },
  'trial is begun on a paid subscription': {
    given: subscribed(),
    when: (world, id) => {
      world.advanceTo(START + DAY_SECONDS);
      updateSubscription(world, id, { trial_end: START + 10 * DAY_SECONDS });
    },
  },
  'renewal begins': {
    given: (world) => {
      const id = subscribed()(world);
      world.advanceTo(PERIOD_END - 1);
      return id;
    },
    when: (world) => world.advanceTo(PERIOD_END),
  },
  'renewal is paid': {
    given: (world) => {
      const id = subscribed()(world);
      world.advanceTo(PERIOD_END);
      return id;
    },
    when: (world) => world.advanceTo(PERIOD_END + HOUR_SECONDS),
  },
  'payment fails': {
    given: (world) => {
      const id = subscribed(trial, FAILING_CARD)(world);
      world.advanceTo(TRIAL_END);
      return id;
    },
    when: (world) => world.advanceTo(TRIAL_END + HOUR_SECONDS),
  },
  'retry fails': { given: pastDue, when: nextTry },
  'retry waits for another card': {
    given: (world) => {
      const id = pastDue(world);
      declineForGood(world, id);
      return id;
    },
    when: nextTry,
  },
  'card is changed': {
    given: pastDue,
    when: (world, id) => setDefaultPaymentMethod(world, customerOf(world, id), GOOD_CARD),
  },
  'invoice is paid by hand': {
    given: (world) => {
      const id = pastDue(world);
      setDefaultPaymentMethod(world, customerOf(world, id), GOOD_CARD);
      return id;
    },
    when: payLatest,
  },
  'retry succeeds': {
    given: (world) => {
      const id = pastDue(world);
      setDefaultPaymentMethod(world, customerOf(world, id), GOOD_CARD);
      return id;
    },
    when: nextTry,
  },
  'dunning ends: cancel': { given: endOfDunning('cancel'), when: nextTry },
  'dunning ends: unpaid': { given: endOfDunning('unpaid'), when: nextTry },
  'dunning ends: leave': { given: endOfDunning('leave'), when: nextTry },
  'unpaid renewal begins': {
    given: unpaid,
    when: (world, id) => world.advanceTo(subscriptionNow(world, id).items.data[0]?.current_period_end ?? 0),
  },
  'latest invoice of an unpaid one is paid': {
    given: (world) => {
      const id = unpaid(world);
      world.advanceTo(subscriptionNow(world, id).items.data[0]?.current_period_end ?? 0);
      setDefaultPaymentMethod(world, customerOf(world, id), GOOD_CARD);
      return id;
    },
    when: payLatest,
  },
  'pause is asked for': {
    given: subscribed(),
    when: (world, id) => {
      world.advanceTo(START + DAY_SECONDS);
      requestPause(world, subscriptionNow(world, id), 'now');
    },
  },
  'resume is asked for': { given: (world) => pausedTrial(world), when: (world, id) => resumeSubscription(world, id, {}) },
  'resumption is paid': {
    given: (world) => {
      const id = pausedTrial(world);
      resumeSubscription(world, id, {});
      return id;
    },
    when: payLatest,
  },
  'resumption is refused': {
    given: (world) => {
      const id = pausedTrial(world, FAILING_CARD);
      resumeSubscription(world, id, {});
      return id;
    },
    when: (world, id) => void refusalOf(() => payLatest(world, id)),
  },
  'resumption is given up': {
    given: (world) => {
      const id = pausedTrial(world);
      resumeSubscription(world, id, {});
      return id;
    },
    when: (world) => world.advanceTo(TRIAL_END + DAY_SECONDS + 23 * HOUR_SECONDS),
  },
  'collection is paused': {
    given: subscribed(),
    when: (world, id) => updateSubscription(world, id, { pause_collection: { behavior: 'void' } }),
  },
  'cancelled at once': { given: subscribed(), when: cancelSubscription },
  'cancellation is scheduled': { given: subscribed(), when: scheduleCancellation },
  'cancellation is scheduled, classic billing': {
    given: subscribed({ billing_mode: { type: 'classic' } }),
    when: scheduleCancellation,
  },
  'scheduled cancellation comes': {
    given: (world) => {
      const id = subscribed()(world);
      scheduleCancellation(world, id);
      return id;
    },
    when: (world) => world.advanceTo(PERIOD_END),
  },
  'reason is given after the end': {
    given: (world) => {
      const id = subscribed()(world);
      cancelSubscription(world, id);
      return id;
    },
    when: (world, id) => updateSubscription(world, id, { cancellation_details: { feedback: 'unused' } }),
  },
  'renewal is sent': { given: billedByLetter, when: (world) => world.advanceTo(PERIOD_END + HOUR_SECONDS) },
  'sent invoice is late': {
    given: (world) => {
      const id = billedByLetter(world);
      world.advanceTo(PERIOD_END + HOUR_SECONDS);
      return id;
    },
    when: (world, id) => world.advanceTo(latestInvoice(world, id).due_date ?? 0),
  },
};
