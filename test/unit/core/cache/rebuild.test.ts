/** The cached state made again from the journal: what the events left one by one, whatever order they came in. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cardOf, payerOf } from '../../../../core/billing/cards.ts';
import { invoiceAsAnswered } from '../../../../core/billing/invoice-state.ts';
import type { Cache, RebuildOptions, Rebuilt } from '../../../../core/cache/cache.ts';
import { UPDATED } from '../../../support/bookings.ts';
import { freshCacheFile, tell, type CacheFile } from '../../../support/caches.ts';
import { chance, type Chance } from '../../../support/seeded.ts';
import { CUSTOMER, customer, event, INVOICE, invoice, PAYMENT_METHOD, paymentMethod, START, SUBSCRIPTION, subscription } from '../../../support/stripe-objects.ts';

const SEEDS = 150;
const TABLES = { subscriptions: 'id', invoices: 'id', cards: 'id', payers: 'customer' } as const;

let file: CacheFile;
let cache: Cache;

beforeEach(async () => {
  file = freshCacheFile();
  cache = await file.open();
});

afterEach(() => file.remove());

function rebuild(options: Partial<RebuildOptions> = {}, of = cache): Promise<Rebuilt> {
  return of.rebuild({ version: '1.0.0', now: START * 1000, ...options });
}

describe('a history of a subscriber, in any order, with ties, duplicates and answers', () => {
  test(`of ${SEEDS} seeds each is made again as it was, and from an empty or a wrong cache the same to the byte`, async () => {
    let clear = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) clear += await aHistory(seed);
    expect(clear).toBeGreaterThan(SEEDS / 5);
  }, 120_000);
});

/** Returns 1 where the journal alone decided all. */
async function aHistory(seed: number): Promise<number> {
  const own = freshCacheFile();
  try {
    const told = await own.open();
    await live(told, chance(seed));
    const before = tablesOf(own.path);
    await replayAll(told);
    const asked = await told.questions();
    expect({ seed, ...withoutInvoices(tablesOf(own.path)) }).toEqual({ seed, ...withoutInvoices(before) });
    const rebuilt = await rebuild({}, told);
    expect({ seed, ...withoutInvoices(tablesOf(own.path)) }).toEqual({ seed, ...withoutInvoices(before) });
    if (asked.length === 0 && rebuilt.questions.length === 0) expect({ seed, differences: rebuilt.differences }).toEqual({ seed, differences: [] });
    const after = tablesOf(own.path);
    if (rebuilt.differing === 0) expect(after).toEqual(before);
    expect({ seed, again: await rebuild({}, told) }).toMatchObject({ again: { differing: 0, questions: [] } });
    for (const spoil of SPOILED) expect({ seed, spoil, tables: await rebuiltFrom(own, spoil) }).toEqual({ seed, spoil, tables: after });
    return asked.length === 0 && rebuilt.questions.length === 0 ? 1 : 0;
  } finally {
    await own.remove();
  }
}

const SPOILED = [
  Object.keys(TABLES).map((table) => `DELETE FROM ${table};`).join(''),
  `UPDATE subscriptions SET status = 'paused', event = NULL, snapshot = '{}', as_of = 1; UPDATE invoices SET status = 'draft', failed_at = 7; UPDATE cards SET name = 'x';
   INSERT INTO payers VALUES ('cus_none', 1, NULL); INSERT INTO invoices (id, subscription, status, created, as_of, amount_due, currency) VALUES ('in_none', 'sub_1', 'open', 1, 1, 1, 'usd');`,
];

/** A copy of the file is spoiled and rebuilt. */
async function rebuiltFrom({ path }: CacheFile, spoil: string): Promise<unknown> {
  const copy = freshCacheFile();
  try {
    mkdirSync(dirname(copy.path), { recursive: true });
    for (const end of ['', '-wal']) copyFileSync(`${path}${end}`, `${copy.path}${end}`);
    const opened = await copy.open();
    changeTables(copy.path, spoil);
    await rebuild({}, opened);
    return tablesOf(copy.path);
  } finally {
    await copy.remove();
  }
}

function changeTables(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

type Tables = Record<string, object[]>;

/** All rows as they stand, but for how often they were heard of. */
function tablesOf(path: string): Tables {
  const database = new Database(path, { readonly: true });
  const tables = Object.entries(TABLES).map(([table, key]) => [table, (database.prepare(`SELECT * FROM ${table} ORDER BY ${key}`).all() as object[]).map((row) => ({ ...row, version: 0 }))]);
  database.close();
  return Object.fromEntries(tables) as Tables;
}

/** Subscriptions, cards and payers: whatever was in doubt, what is kept of them is the same. */
function withoutInvoices({ invoices: _, ...tables }: Tables): Tables {
  return tables;
}

async function replayAll(told: Cache): Promise<void> {
  for (const { id } of await told.events({ oldestFirst: true, limit: 1_000 })) await told.replayEvent(id, START * 1000);
}

type Truth = Map<string, Stripe.Event[]>;

/** What happens at Stripe, second by second, is delivered late and twice; now and then Stripe is asked. */
async function live(told: Cache, by: Chance): Promise<void> {
  const events = history(by);
  const truth: Truth = new Map();
  const pending: Stripe.Event[] = [];
  for (const happened of events) {
    const { id } = happened.data.object as { id: string };
    truth.set(id, [...(truth.get(id) ?? []), happened]);
    pending.push(happened, ...(by.number(5) === 0 ? [happened] : []));
    const isSecondOver = events[events.indexOf(happened) + 1]?.created !== happened.created;
    while (pending.length > by.number(6)) {
      const [delivered] = pending.splice(by.number(pending.length), 1);
      const { ask } = await tell(told, delivered!);
      if (isSecondOver && ask && by.number(3) > 0) await answer(told, truth, happened.created + by.number(2));
    }
  }
  for (const last of by.shuffled(pending)) await tell(told, last);
  if (by.number(3) > 0) await answer(told, truth, events.at(-1)!.created + 1);
}

async function answer(told: Cache, truth: Truth, now: number): Promise<void> {
  const newest = <Shown>(id: string) => truth.get(id)?.at(-1)?.data.object as Shown | undefined;
  const snapshot = newest<Stripe.Subscription>(SUBSCRIPTION);
  if (!snapshot) return;
  const known = (await told.subscription(SUBSCRIPTION))?.subscription;
  const asOf = Math.max(now, known?.asOf ?? 0);
  const bill = newest<Stripe.Invoice>(INVOICE);
  const knownBill = await told.invoice(INVOICE);
  const billed = bill && invoiceAsAnswered(bill, Math.max(asOf, knownBill?.asOf ?? 0), knownBill);
  const method = newest<Stripe.PaymentMethod>(PAYMENT_METHOD);
  const cards = method ? [cardOf(method, asOf)] : [];
  const payer = payerOf(newest<Stripe.Customer>(CUSTOMER)!, asOf);
  const { heard } = await told.heardOf();
  await told.saveSubscription(
    { id: snapshot.id, customer: CUSTOMER, status: snapshot.status, asOf, version: (known?.version ?? 0) + 1, event: null, snapshot },
    billed ? [billed] : [],
    { cards, payer },
    { heard },
  );
}

function history(by: Chance): Stripe.Event[] {
  let now = START;
  const at = () => (now += by.oneOf([0, 0, 1, 5]));
  const events: Stripe.Event[] = [];
  let state = subscription({ status: 'trialing' });
  let bill = invoice({ status: 'draft' });
  let year = 2026;
  let chosen: string | null = PAYMENT_METHOD;
  const happens = (type: string, object: object, previous?: Record<string, unknown>) => void events.push(event(type, object, { created: at(), ...(previous ? { previous } : {}) }));
  const updates = (fields: Partial<Omit<Stripe.Subscription, 'items'>>) => {
    const previous = Object.fromEntries(Object.keys(fields).map((key) => [key, state[key as keyof Stripe.Subscription]]));
    state = { ...state, ...fields };
    happens(UPDATED, state, previous);
  };
  const bills = (type: string, fields: Partial<Stripe.Invoice>) => happens(type, (bill = { ...bill, ...fields }));
  const renews = () => {
    const previous = by.number(4) > 0 ? { card: { exp_year: year } } : undefined;
    happens('payment_method.updated', paymentMethod({ card: { exp_year: (year = by.oneOf([2026, 2027, 2028])) } }), previous);
  };
  const chooses = () => {
    const previous = by.number(4) > 0 ? { invoice_settings: { default_payment_method: chosen } } : undefined;
    happens('customer.updated', customer((chosen = by.oneOf([null, PAYMENT_METHOD, 'pm_2']))), previous);
  };
  happens('customer.created', customer());
  happens('payment_method.attached', paymentMethod());
  happens('customer.updated', customer(PAYMENT_METHOD), { invoice_settings: { default_payment_method: null } });
  happens('customer.subscription.created', state);
  bills('invoice.created', {});
  bills('invoice.finalized', { status: 'open' });
  const steps: Array<() => void> = [
    () => updates({ status: 'active' }),
    () => bills('invoice.payment_failed', { attempted: true, next_payment_attempt: now + 100 }),
    () => updates({ status: 'past_due' }),
    () => bills('invoice.updated', { next_payment_attempt: now + 200 }),
    () => updates({ metadata: { seen: String(now) } }),
    () => updates({ cancel_at_period_end: !state.cancel_at_period_end }),
    () => bills('invoice.payment_failed', { attempted: true, next_payment_attempt: null }),
    renews,
    renews,
    chooses,
    chooses,
  ];
  for (let left = by.number(14); left > 0; left -= 1) by.oneOf(steps)();
  if (by.number(3) === 0) bills('invoice.paid', { status: 'paid', amount_remaining: 0, next_payment_attempt: null });
  if (by.number(3) === 0) happens('payment_method.detached', paymentMethod({ customer: null }));
  if (by.number(3) === 0) happens('customer.subscription.deleted', (state = { ...state, status: 'canceled', ended_at: now }));
  return events;
}
