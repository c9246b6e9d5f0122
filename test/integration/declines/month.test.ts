/** A month with 200 subscribers and 15 declines: what was cancelled and told is what a small model of the rules makes of Stripe's own events. */
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { planMonth, STEP, SUBSCRIBES_AT, type Planned } from '../../support/month.ts';
import { TOLD_BY, whatFollows, type Booked, type Followed } from '../../support/rules-model.ts';
import { chance } from '../../support/seeded.ts';
import { asCheckout, openShop, type Shop } from '../../support/shop.ts';
import { DAY } from '../../support/stripe-objects.ts';

const STEPS_A_DAY = DAY / STEP;
const COLLECTED_EVERY_DAYS = 13;
/** About half a minute each on a quiet machine, several times that on a busy one. */
const LIMIT_MILLISECONDS = 300_000;

interface Run {
  seed: number;
  lastDay: number;
  /** Switches of the sandbox from a day on: how Stripe's events travel. */
  travelling: Record<number, Record<string, unknown>>;
}

const RUNS: Record<string, Run> = {
  'one after the other, until everybody has been charged twice': { seed: 1, lastDay: 39, travelling: {} },
  'mixed up, twice and late, until the last retry': {
    seed: 2,
    lastDay: 19,
    travelling: {
      0: { delivery_order: 'parallel', shuffle_events: 2 },
      2: { duplicate_events: 'same' },
      4: { delay_events: 1 },
      5: { delay_events: 0, duplicate_events: 'twin' },
    },
  },
};

interface Person extends Planned {
  customer: string;
  subscription: string;
}

interface Month {
  people: Person[];
  booked: Booked[];
  /** What Stripe's events told, in the order in which it happened. */
  events: Stripe.Event[];
}

test.for(Object.entries(RUNS))('%s', { timeout: LIMIT_MILLISECONDS }, async ([, run], { annotate }) => {
  const { seed } = run;
  const shop = await openShop();
  const month = await live(shop, run);
  const followed = await whatFollowed(shop);
  const expected = whatFollows(month.events, month.booked);
  expect(differences(followed.cancelled, expected.cancelled), `seed ${seed}: sessions cancelled`).toEqual([]);
  expect(differences(followed.notices, expected.notices), `seed ${seed}: notices`).toEqual([]);
  expect(await cachedOtherwise(shop), `seed ${seed}: the cache and Stripe`).toEqual([]);
  const perTry = whatFollows(month.events.map(asItsOwnFailure), month.booked);
  expect(differences(followed.cancelled, perTry.cancelled), 'a devchat that cancels at each try would be found out').not.toEqual([]);

  const failed = new Set(month.events.filter(({ type }) => type.startsWith('invoice.payment_')).map(({ data }) => (data.object as Stripe.Invoice).customer));
  expect([month.people.length, failed.size]).toEqual([200, 15]);
  const posts = shop.daemon.log.filter((line) => line.includes('"webhook"')).length;
  await annotate(`seed ${seed}: ${month.people.length} subscribers, ${failed.size} declined, ${month.booked.length} sessions booked, ${posts} events delivered, ${followed.cancelled.length} sessions cancelled, ${followed.notices.length} notices`);
  await shop.close();
});

/** Each try to collect as if it were another invoice's: what nobody who tells them apart by their invoice would make of it. */
function asItsOwnFailure(event: Stripe.Event): Stripe.Event {
  if (event.type !== 'invoice.payment_failed') return event;
  return { ...event, data: { ...event.data, object: { ...event.data.object, id: event.id } } };
}

async function live(shop: Shop, { seed, lastDay, travelling }: Run): Promise<Month> {
  const start = Math.ceil(await shop.now());
  const plan = planMonth(chance(seed), start);
  const month: Month = { people: [], booked: [], events: [] };
  for (let step = 0; step <= lastDay * STEPS_A_DAY; step += 1) {
    await shop.advanceTo(start + step * STEP + (step === 0 ? 1 : 0));
    if (step % STEPS_A_DAY === 0) await liveDay(shop, { day: step / STEPS_A_DAY, start, plan, month, travelling });
  }
  month.events.push(...(await newEvents(shop, month.events)));
  return month;
}

interface Today {
  day: number;
  start: number;
  plan: Planned[];
  month: Month;
  travelling: Run['travelling'];
}

/** What people do on a day happens at its beginning; who comes on it comes an hour later. */
async function liveDay(shop: Shop, { day, start, plan, month, travelling }: Today): Promise<void> {
  await shop.set(travelling[day] ?? {});
  for (const person of month.people) for (const { day: after, action } of person.does) if (person.day + after === day) await action(shop.stripe, person);
  await shop.settled();
  const coming = plan.filter((planned) => planned.day === day);
  if (coming.length > 0) await shop.advanceTo(start + day * DAY + SUBSCRIBES_AT);
  const people = [];
  for (const planned of coming) people.push({ ...planned, ...(await comes(shop)(planned)) });
  await shop.settled();
  for (const { customer, sessions } of people) {
    for (const after of sessions) month.booked.push(await shop.cache.bookSession({ customer, startsAt: start + after }, (await shop.now()) * 1000));
  }
  month.people.push(...people);
  if (day % COLLECTED_EVERY_DAYS === 0) month.events.push(...(await newEvents(shop, month.events)));
}

function comes({ stripe, price }: Shop) {
  return async ({ card }: Planned): Promise<Pick<Person, 'customer' | 'subscription'>> => {
    const { id: customer } = await stripe.customers.create({});
    return { customer, subscription: (await asCheckout(stripe, { customer, price, card })).id };
  };
}

/** Stripe keeps events for 30 days. */
async function newEvents({ stripe }: Shop, known: readonly Stripe.Event[]): Promise<Stripe.Event[]> {
  const last = known.at(-1)?.id;
  const events = await stripe.events.list({ types: TOLD_BY, limit: 100, ...(last ? { ending_before: last } : {}) }).autoPagingToArray({ limit: 10_000 });
  return last ? events : events.reverse();
}

async function whatFollowed(shop: Shop): Promise<Followed> {
  const cancelled = (await shop.cache.sessions()).filter(({ state }) => state === 'cancelled');
  return {
    cancelled: cancelled.map(({ id, invoice, paidAt }) => [id, invoice ?? 'end', ...(paidAt === null ? [] : ['paid'])].join(' ')),
    notices: shop.told.map(({ type, subject }) => `${type} ${subject}`),
  };
}

/** What is on one side only, or on one side more often. */
function differences(actual: readonly string[], expected: readonly string[]): string[] {
  const left = [...expected];
  const unexpected = actual.filter((line) => !left.includes(line) || left.splice(left.indexOf(line), 1).length === 0);
  return [...unexpected.map((line) => `not expected: ${line}`), ...left.map((line) => `missing: ${line}`)].sort();
}

const FIELDS = ['status', 'cancel_at', 'cancel_at_period_end', 'canceled_at', 'ended_at', 'trial_end', 'latest_invoice', 'default_payment_method', 'cancellation_details'] as const;

/** Where the cache differs from what Stripe shows of its subscriptions and invoices. */
async function cachedOtherwise({ stripe, cache }: Shop): Promise<string[]> {
  const wrong: string[] = [];
  const differ = (what: string, cached: unknown, truth: unknown): void => {
    if (JSON.stringify(cached) !== JSON.stringify(truth)) wrong.push(`${what}: ${JSON.stringify(cached)} is ${JSON.stringify(truth)}`);
  };
  const ended = new Set<string>();
  for await (const truth of stripe.subscriptions.list({ status: 'all', limit: 100 })) {
    const cached = (await cache.subscription(truth.id))?.subscription;
    if (truth.ended_at !== null) ended.add(truth.id);
    differ(`${truth.id} status`, cached?.status, truth.status);
    for (const field of FIELDS) differ(`${truth.id} ${field}`, cached?.snapshot[field], truth[field]);
    differ(`${truth.id} period`, cached?.snapshot.items.data[0]?.current_period_end, truth.items.data[0]?.current_period_end);
  }
  for await (const truth of stripe.invoices.list({ limit: 100 })) {
    const cached = await cache.invoice(truth.id);
    const isMissing = truth.status === 'open' && truth.attempted;
    differ(`${truth.id} status`, [cached?.status, cached?.amountDue, cached?.failedAt !== null], [truth.status, truth.amount_remaining, isMissing]);
    // Nothing tells that an ended subscription's invoices are collected no more.
    if (!ended.has(cached?.subscription ?? '')) differ(`${truth.id} next attempt`, cached?.nextAttempt, truth.next_payment_attempt);
  }
  return wrong;
}

