/** A month of 200 subscribers, planned by a seed: who subscribes when and with which card, what becomes of it, and who has booked which sessions. */
import type Stripe from 'stripe';
import type { Chance } from './seeded.ts';
import { DAY, HOUR } from './stripe-objects.ts';

export const GOOD = 'pm_card_visa';
export const DEAD = 'pm_card_chargeCustomerFail';
export const ASKS_BANK = 'pm_card_authenticationRequiredOnSetup';

/**
 * The sandbox's time goes in steps. Subscribers come an hour into a step, so that all that Stripe does of its own accord falls on later full
 * hours of one; sessions begin half an hour into a step. Thus no session begins between an event and the end of its step, and what the
 * daemon's clock says meanwhile decides nothing.
 */
export const STEP = 6 * HOUR;
export const SUBSCRIBES_AT = HOUR;
const SESSION_AT = HOUR / 2;
const STEPS_A_DAY = DAY / STEP;
const TRIAL_DAYS = 3;
const BOOKABLE_DAYS = 66;

/** Who comes: how many, with which card, and what they do so many days after they came. */
interface Kind {
  many: number;
  card: string;
  does: ReadonlyArray<{ day: number; action: Action }>;
}

export type Action = (stripe: Stripe, who: { customer: string; subscription: string }) => Promise<unknown>;

const newCard = payingWith(GOOD);

/** A card as the portal takes it: it becomes the customer's and the subscription's. */
function payingWith(card: string): Action {
  return async (stripe, { customer, subscription }) => {
    const { id } = await stripe.paymentMethods.attach(card, { customer });
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
    await stripe.subscriptions.update(subscription, { default_payment_method: id });
  };
}

/** The customer tries by hand, and has not the money. */
const triesInVain: Action = async (stripe, { subscription }) => {
  const { data } = await stripe.invoices.list({ subscription, status: 'open' });
  const refused = await stripe.invoices.pay(data[0]?.id ?? '', { payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' }).catch((error: Error) => error.message);
  if (refused !== 'Your card has insufficient funds.') throw new Error(`not refused for its funds: ${String(refused)}`);
};

const leaves: Action = (stripe, { subscription }) => stripe.subscriptions.cancel(subscription, { cancellation_details: { feedback: 'unused' } });
const goesAtTheEnd: Action = (stripe, { subscription }) => stripe.subscriptions.update(subscription, { cancel_at_period_end: true });

export const KINDS: Record<string, Kind> = {
  'declined, then a new card': { many: 4, card: DEAD, does: [{ day: 5, action: newCard }] },
  'declined, then without funds, then a new card': { many: 2, card: DEAD, does: [{ day: 4, action: triesInVain }, { day: 6, action: newCard }] },
  'declined as the bank asks, then a new card': { many: 2, card: ASKS_BANK, does: [{ day: 5, action: newCard }] },
  'declined to the end of dunning': { many: 3, card: DEAD, does: [] },
  'declined, then leaves': { many: 2, card: DEAD, does: [{ day: 5, action: leaves }] },
  'declined twice': { many: 2, card: DEAD, does: [{ day: 5, action: newCard }, { day: 20, action: payingWith(DEAD) }] },
  'leaves during the trial': { many: 2, card: GOOD, does: [{ day: 1, action: leaves }] },
  leaves: { many: 5, card: GOOD, does: [{ day: 10, action: leaves }] },
  'goes at the end of the month': { many: 6, card: GOOD, does: [{ day: 12, action: goesAtTheEnd }] },
  stays: { many: 172, card: GOOD, does: [] },
};

export interface Planned {
  kind: string;
  card: string;
  /** The day on which they come. */
  day: number;
  does: Kind['does'];
  /** When their sessions begin, in seconds after the beginning of the month. */
  sessions: number[];
}

const SUBSCRIBING_DAYS = 4;
const SESSIONS_EACH = [0, 0, 1, 1, 1, 1, 2, 2, 3];

/** At most one session in the trial and in each month after it, none at the time of another. `start` in Stripe's seconds. */
export function planMonth(chance: Chance, start: number): Planned[] {
  const free = new Set(Array.from({ length: BOOKABLE_DAYS * STEPS_A_DAY }, (_, step) => step * STEP + SESSION_AT));
  const people = Object.entries(KINDS).flatMap(([kind, { many, card, does }]) => Array.from({ length: many }, () => ({ kind, card, does })));
  return chance.shuffled(people).map((person, index) => {
    const day = index % SUBSCRIBING_DAYS;
    const wanted = chance.shuffled(periodsOf(start, day)).slice(0, chance.oneOf(SESSIONS_EACH));
    const sessions = wanted.flatMap((period) => {
      const times = [...free].filter((time) => time > period.from && time < period.until);
      const time = times.length > 0 ? chance.oneOf(times) : undefined;
      if (time !== undefined) free.delete(time);
      return time ?? [];
    });
    return { ...person, day, sessions };
  });
}

/** The trial, and two months. */
function periodsOf(start: number, day: number): Array<{ from: number; until: number }> {
  const comes = day * DAY + SUBSCRIBES_AT;
  const bounds = [comes, comes + TRIAL_DAYS * DAY, ...[1, 2].map((months) => monthsAfter(start + comes + TRIAL_DAYS * DAY, months) - start)];
  return bounds.slice(1).map((until, index) => ({ from: bounds[index]! + HOUR, until: until - HOUR }));
}

function monthsAfter(seconds: number, months: number): number {
  const date = new Date(seconds * 1000);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0)).getUTCDate();
  return date.setUTCMonth(date.getUTCMonth() + months, Math.min(date.getUTCDate(), last)) / 1000;
}
