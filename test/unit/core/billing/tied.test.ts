/** Changes of one field within one second: whatever order they come in, and whenever Stripe answers, what is kept in the end is the truth, or Stripe is asked. */
import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { applyEvent, type Cached } from '../../../../core/billing/apply-event.ts';
import { cardShownBy, payerShownBy, subscriptionShownBy } from '../../../../core/billing/tied.ts';
import { customer, event, paymentMethod, START, subscription } from '../../../support/stripe-objects.ts';
import { tiedTo } from '../../../support/tied.ts';

const VALUES = [1, 2, 3];

/** How a value is shown and kept. */
const KINDS = {
  subscription: {
    update: 'customer.subscription.updated',
    shown: (value: number) => subscription({ metadata: { value: String(value) } }),
    previous: (value: number) => ({ metadata: { value: String(value) } }),
    cachedBy: (told: Stripe.Event): Cached => ({ subscription: subscriptionShownBy(told) }),
    kept: ({ subscription: cached }: Cached) => Number(cached?.snapshot.metadata.value),
  },
  card: {
    update: 'payment_method.updated',
    shown: (value: number) => paymentMethod({ card: { exp_year: 2030 + value } }),
    previous: (value: number) => ({ card: { exp_year: 2030 + value } }),
    cachedBy: (told: Stripe.Event): Cached => ({ card: cardShownBy(told) }),
    kept: ({ card }: Cached) => card!.expires!.year - 2030,
  },
  payer: {
    update: 'customer.updated',
    shown: (value: number) => customer(`pm_${value}`),
    previous: (value: number) => ({ invoice_settings: { default_payment_method: `pm_${value}` } }),
    cachedBy: (told: Stripe.Event): Cached => ({ payer: payerShownBy(told) }),
    kept: ({ payer }: Cached) => Number(payer!.paymentMethod!.slice('pm_'.length)),
  },
};
type Kind = (typeof KINDS)[keyof typeof KINDS];

/** The values that a field had one after the other, from 1 on. */
function lives(changes: number): number[][] {
  if (changes === 0) return [[1]];
  return lives(changes - 1).flatMap((life) => VALUES.filter((value) => value !== life.at(-1)).map((value) => [...life, value]));
}

interface Situation {
  cached: Cached;
  heard: readonly Stripe.Event[];
  isAsked: boolean;
  isAnswered: boolean;
}

/** Each way in which the rest of a life can come, with each answer that Stripe can give meanwhile; returns how many ends there were. */
function tellOn(kind: Kind, values: readonly number[], events: readonly Stripe.Event[], before: Situation): number {
  expectNoWrong(kind, values, events, before);
  const left = events.filter((each) => !before.heard.includes(each));
  const told = left.map((next) => tellOn(kind, values, events, after(next, before)));
  const answered = before.isAsked ? answersTo(kind, values, events, before).map((situation) => tellOn(kind, values, events, situation)) : [];
  return [...told, ...answered].reduce((sum, ends) => sum + ends, left.length === 0 ? 1 : 0);
}

function after(next: Stripe.Event, { cached, heard, isAsked, isAnswered }: Situation): Situation {
  const { ask, askOf, ...decided } = applyEvent(next, { ...cached, tied: isAnswered ? undefined : tiedTo(next, heard, cached) }, { livemode: false });
  const { subscription: told = cached.subscription, card = cached.card, payer = cached.payer } = decided;
  return { cached: { subscription: told, card, payer }, heard: [...heard, next], isAsked: isAsked || ask !== undefined || askOf !== undefined, isAnswered };
}

/** Of the same second, with any state that is not older than what has been heard; or of a later one, with the last. */
function answersTo({ update, shown, cachedBy }: Kind, values: readonly number[], events: readonly Stripe.Event[], before: Situation): Situation[] {
  const newestHeard = Math.max(...before.heard.map((each) => events.indexOf(each) + 1));
  const answers = [...values.slice(newestHeard).map((value) => ({ value, created: START })), { value: values.at(-1)!, created: START + 1 }];
  return answers.map(({ value, created }) => ({ ...before, cached: asAnswered(cachedBy(event(update, shown(value), { created }))), isAsked: false, isAnswered: true }));
}

function asAnswered({ subscription: cached, ...payment }: Cached): Cached {
  return { ...payment, subscription: cached && { ...cached, event: null } };
}

/** Where all has been heard up to some change, and nobody is asked, what is kept is what that change left. */
function expectNoWrong({ kept }: Kind, values: readonly number[], events: readonly Stripe.Event[], { cached, heard, isAsked, isAnswered }: Situation): void {
  const isWithoutGap = events.slice(0, heard.length).every((each) => heard.includes(each));
  if (heard.length === 0 || isAsked || !isWithoutGap || (isAnswered && heard.length < events.length)) return;
  expect({ values, came: heard.map((each) => events.indexOf(each) + 1), kept: kept(cached) }).toMatchObject({ kept: values[heard.length] });
}

describe.each(Object.entries(KINDS))('of a %s', (_name, kind) => {
  test.each([1, 2, 3, 4])('%i changes', (changes) => {
    let ends = 0;
    for (const values of lives(changes)) {
      const events = values.slice(1).map((value, index) => event(kind.update, kind.shown(value), { previous: kind.previous(values[index]!) }));
      ends += tellOn(kind, values, events, { cached: {}, heard: [], isAsked: false, isAnswered: false });
    }
    expect(ends).toBeGreaterThanOrEqual(2 ** changes * [1, 1, 2, 6, 24][changes]!);
  });
});
