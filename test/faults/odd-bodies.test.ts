/** R43: signed bodies of every odd kind: none crashes the daemon, none grants anything, and each is refused or journaled with a reason in words. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standingOf } from '../../core/billing/standing.ts';
import type { Cache } from '../../core/cache/cache.ts';
import { allSubscriptions } from '../support/caches.ts';
import { openDaemon, signed, type DaemonUnderTest } from '../support/daemon.ts';
import { overlaid } from '../support/overlaid.ts';
import { customer, event, invoice, paymentMethod, subscription, TERMS, type SubscriptionFields } from '../support/stripe-objects.ts';
import { tried } from './tried.ts';

const UPDATED = 'customer.subscription.updated';
const MIB = 1024 * 1024;
const DEPTH = 200_000;

const updated = (fields: object, more: object = {}): string => JSON.stringify({ ...event(UPDATED, { ...subscription(), ...fields }), ...more });
const told = (type: string, object: unknown, more: object = {}): string => JSON.stringify({ ...event(type, {}), data: { object }, ...more });
const nested = `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`;
/** A subscription of its own: its length counts. */
function padded(length: number): string {
  const of = (padding: string): string => updated({ id: `sub_padded_${length}`, status: 'zzz', padding }, { id: `evt_padded_${length}` });
  return of('x'.repeat(length - of('').length));
}


const NO_EVENT = /^the body is signed, but it is no event/;
const NOT_WHOLE = /^its object cannot be read: it is not a whole (subscription|invoice|payment method|customer)$/;

/** The answer, and what it or the journal says. */
type Expected = readonly [status: number, reason: RegExp];
const NOTHING_SAID: Expected = [400, NO_EVENT];
const TOO_DEEP: Expected = [400, /^the body is signed, but it is no event: it is nested deeper than 100 levels$/];
const KEPT_AS_FAILED: Expected = [500, NOT_WHOLE];

const ODD: Record<string, readonly [body: string, expected: Expected]> = {
  null: ['null', NOTHING_SAID],
  'a list': ['[]', NOTHING_SAID],
  'a list of events': [`[${updated({})}]`, NOTHING_SAID],
  'a text': ['"evt_1"', NOTHING_SAID],
  'a number': ['42', NOTHING_SAID],
  'a truth': ['true', NOTHING_SAID],
  'an empty object': ['{}', NOTHING_SAID],
  'lists in lists': [nested, NOTHING_SAID],
  'no data': [updated({}, { data: null }), NOTHING_SAID],
  'no object': [told(UPDATED, null), NOTHING_SAID],
  'a list for an object': [told(UPDATED, []), NOTHING_SAID],
  'a text for an object': [told(UPDATED, 'sub_1'), NOTHING_SAID],
  'no mode': [updated({}, { livemode: null }), NOTHING_SAID],
  'a mode in words': [updated({}, { livemode: 'false' }), NOTHING_SAID],
  'no time': [updated({}, { created: null }), NOTHING_SAID],
  'a time in words': [updated({}, { created: 'today' }), NOTHING_SAID],
  'a time before all times': [updated({}, { created: -1 }), NOTHING_SAID],
  'a time after all times': [updated({}, { created: 1e300 }), NOTHING_SAID],
  'half a second': [updated({}, { created: 1.5 }), NOTHING_SAID],
  'no id': [updated({}, { id: '' }), NOTHING_SAID],
  'an id without end': [updated({}, { id: 'x'.repeat(10_000) }), NOTHING_SAID],
  'an id with a null in it': [updated({}, { id: 'evt_\u0000' }), NOTHING_SAID],
  'lists in the object': [updated({}).replace('"metadata":{}', `"items":${nested}`), TOO_DEEP],
  'lists in what it changed': [updated({}).replace('"data":{', `"data":{"previous_attributes":${nested},`), TOO_DEEP],
  'lists as deep as SQLite reads no more': [updated({}).replace('"metadata":{}', `"metadata":${'['.repeat(1_000)}${']'.repeat(1_000)}`), TOO_DEEP],
  'an invoice for a subscription': [told(UPDATED, invoice()), KEPT_AS_FAILED],
  'a subscription for an invoice': [told('invoice.paid', subscription()), KEPT_AS_FAILED],
  'nothing for a subscription': [told(UPDATED, {}), KEPT_AS_FAILED],
  'an id that is a number': [updated({ id: 7 }), KEPT_AS_FAILED],
  'an id that is an object': [updated({ id: {} }), KEPT_AS_FAILED],
  'a customer that is a list': [updated({ customer: [] }), KEPT_AS_FAILED],
  'a status that is an object': [updated({ status: {} }), KEPT_AS_FAILED],
  'no items': [updated({ items: null }), KEPT_AS_FAILED],
  'items that are nothing': [updated({ items: { data: [null] } }), KEPT_AS_FAILED],
  'items without a period': [updated({ items: { data: [{ price: { id: 'price_1' } }] } }), KEPT_AS_FAILED],
  'an end in words': [updated({ cancel_at: 'soon' }), KEPT_AS_FAILED],
  'half a cent': [told('invoice.payment_failed', { ...invoice(), amount_remaining: 1.5 }), KEPT_AS_FAILED],
  'more cents than can be counted': [told('invoice.payment_failed', { ...invoice(), amount_remaining: 1e30 }), KEPT_AS_FAILED],
  'an invoice of half a second': [told('invoice.payment_failed', { ...invoice(), created: 1.5 }), KEPT_AS_FAILED],
  'a next try after all times': [told('invoice.payment_failed', { ...invoice(), next_payment_attempt: 1e300 }), KEPT_AS_FAILED],
  'a card that expires within a month': [told('payment_method.attached', paymentMethod({ card: { exp_month: 1.5 } })), KEPT_AS_FAILED],
  'a subscription of a time after all times': [updated({ created: 1e300 }), KEPT_AS_FAILED],
  'a period that never ends': [updated({ items: { data: [{ ...subscription().items.data[0], current_period_end: 1e300 }] } }), KEPT_AS_FAILED],
  'an end after all times': [updated({ ended_at: 1e300 }), KEPT_AS_FAILED],
  'a pause that is a number': [updated({ pause_collection: 5 }), KEPT_AS_FAILED],
  'an unknown currency': [told('invoice.payment_failed', { ...invoice(), currency: 'bitcoin' }), KEPT_AS_FAILED],
  'an invoice whose status is an object': [told('invoice.payment_failed', { ...invoice(), status: {} }), KEPT_AS_FAILED],
  'a next try in words': [told('invoice.payment_failed', { ...invoice(), next_payment_attempt: 'soon' }), KEPT_AS_FAILED],
  'a card that is a text': [told('payment_method.attached', { ...paymentMethod(), card: 'visa' }), KEPT_AS_FAILED],
  'a card without a brand': [told('payment_method.attached', paymentMethod({ card: { brand: null as never } })), KEPT_AS_FAILED],
  'a customer without an id': [told('customer.updated', { ...customer(), id: null }), KEPT_AS_FAILED],
  'an unknown type': [told('foo.bar', subscription()), [200, /^foo.bar changes nothing here$/]],
  'a type that every object inherits': [told('constructor', subscription()), [200, /^constructor changes nothing here$/]],
  'another account': [updated({}, { account: 'acct_9' }), [200, /^it is about another Stripe account, acct_9$/]],
  'live mode': [updated({}, { livemode: true }), [200, /^it is of live mode, and this cache is of test mode$/]],
  'an invoice of nothing': [told('invoice.paid', { ...invoice(), parent: 'subscription' }), [200, /^an invoice without a subscription$/]],
  'an unknown status': [updated({ status: 'zzz' }), [200, /^first seen, zzz$/]],
  'a status that every object inherits': [updated({ status: 'constructor' }), [200, /^first seen, constructor$/]],
  'no API version': [updated({}, { api_version: null }), [200, /^it is written for API version unknown, not for ours: Stripe is asked for sub_\d+$/]],
  '1 MiB': [padded(MIB), [200, /^first seen, zzz$/]],
  'a byte more than 1 MiB': [padded(MIB + 1), [413, /^the body is over 1 MiB$/]],
};

let daemon: DaemonUnderTest;

beforeAll(async () => {
  daemon = await openDaemon();
});
afterAll(() => daemon.close());

async function post(body: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${daemon.url}/webhook`, { method: 'POST', headers: { 'stripe-signature': signed(body) }, body });
  return { status: answer.status, text: await answer.text() };
}

/** What the journal says of it, else the answer. */
async function reasonFor(body: string, answer: string): Promise<string> {
  const { id } = (JSON.parse(body) ?? {}) as { id?: unknown };
  const kept = typeof id === 'string' ? await daemon.cache.event(id) : undefined;
  return kept?.event.reason ?? (JSON.parse(answer) as { error: { message: string } }).error.message;
}

async function verdicts(): Promise<string[]> {
  return (await allSubscriptions(daemon.cache)).map(({ subscription: cached, invoice: ofIt }) => standingOf(cached, ofIt, TERMS).verdict);
}

async function isOdd([body, [status, reason]]: (typeof ODD)[string]): Promise<void> {
  const answer = await post(body);
  expect(answer.status, answer.text).toBe(status);
  expect(await reasonFor(body, answer.text), body.slice(0, 1000)).toMatch(reason);
  expect(await verdicts(), 'what it grants').not.toContain('on');
  expect((await fetch(`${daemon.url}/readyz`)).status, 'the daemon lives').toBe(200);
}

/** Each about a subscription of its own. */
test.for(Object.entries(ODD).map(([name, odd], index) => ({ name, odd, index })))('$name', async ({ odd: [body, expected], index }) => {
  await isOdd([body.replaceAll('"sub_1"', `"sub_${index}"`), expected]);
  const errors = daemon.log.filter((line) => line.includes('"level":50') && !line.includes('not_applied'));
  expect(errors, 'errors that nobody thought of').toEqual([]);
  tried('R43', { cases: 1, events: 1 });
});

test('all of them about one subscription', async () => {
  for (const [body] of Object.values(ODD)) await post(body);
  expect(await verdicts()).not.toContain('on');
  expect((await daemon.cache.events({ limit: 1000 })).every(({ reason }) => /^[\w "].{5,}$/.test(reason) && !/undefined|not a function|Cannot/.test(reason))).toBe(true);
  tried('R43', { cases: 1, events: Object.keys(ODD).length });
});

test('a customer whom nobody knows is cached, and nobody is signed in by it', async () => {
  expect((await post(updated({ id: 'sub_foreign', customer: 'cus_foreign', status: 'past_due' }))).status).toBe(200);
  const found = (await allSubscriptions(daemon.cache)).filter(({ subscription: { customer: whose } }) => whose === 'cus_foreign');
  expect(found.map(({ email }) => email)).toEqual([null]);
  tried('R43', { cases: 1, events: 1 });
});

test('a devchat that takes what it does not know for active is found out', async () => {
  await daemon.close();
  daemon = await openDaemon({ through: (cache) => overlaid(cache, takingForActive) });
  await expect(isOdd(ODD['an unknown status']!)).rejects.toThrow();
  tried('R43', { wrong: 1 });
});

function takingForActive(cache: Cache): Partial<Cache> {
  const known = (object: SubscriptionFields) => ({ ...object, status: object.status === ('zzz' as never) ? 'active' : object.status });
  return {
    recordEvent: (received) => cache.recordEvent({ ...received, event: { ...received.event, data: { object: known(received.event.data.object as never) } } as never }),
  };
}
