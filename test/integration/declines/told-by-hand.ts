/** R03, R04 and R07 of the failures to survive, as stories that the control group runs, too: each throws where what must hold does not. */
import type Stripe from 'stripe';
import { expect } from 'vitest';
import { openShop, type Shop, type ShopSettings, type Subscriber } from '../../support/shop.ts';
import { chance } from '../../support/seeded.ts';
import { DAY, HOUR } from '../../support/stripe-objects.ts';

/** A shop whose events are delivered by nobody but the story. */
export function openSilentShop(settings: ShopSettings = {}): Promise<Shop> {
  return openShop({ ...settings, switches: { drop_events: '*' } });
}

/** Who was declined: what has not been told of it, and the invoice that is missing. */
export interface Declined {
  ada: Subscriber;
  invoice: string;
  untold: Stripe.Event[];
}

/** Subscribed, told and booked; then declined at the end of the trial, and nobody heard. `booked` are days after the end of the trial. */
export async function declined(shop: Shop, booked: readonly number[]): Promise<Declined & { sessions: string[] }> {
  const ada = await shop.subscriber('pm_card_chargeCustomerFail');
  const known = await shop.events(ada.customer);
  for (const event of known) expect(await shop.post(event)).toBe(200);
  await shop.settled();
  const sessions = [];
  for (const days of booked) sessions.push((await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + days * DAY }, (await shop.now()) * 1000)).id);
  await shop.advanceTo(ada.trialEnd);
  await shop.advance(HOUR);
  const untold = (await shop.events(ada.customer)).filter(({ id }) => !known.some((event) => event.id === id));
  return { ada, invoice: one(untold, 'invoice.payment_failed').data.object.id ?? '', untold, sessions };
}

export function one(events: Stripe.Event[], type: string, status?: string): Stripe.Event & { data: { object: { id?: string } } } {
  const found = events.filter(({ type: its, data }) => its === type && (status === undefined || (data.object as { status?: string }).status === status));
  expect(found.map(({ type: its }) => its), `one ${type}`).toEqual([type]);
  return found[0] as Stripe.Event & { data: { object: { id?: string } } };
}

/** R03: payment_failed three times, past_due twice, everything at once and in a seeded order, between all else that happened. */
export async function cancelsOnce(shop: Shop, seed: number): Promise<void> {
  const { ada, invoice, untold, sessions } = await declined(shop, [5, 40]);
  const failed = one(untold, 'invoice.payment_failed');
  const pastDue = one(untold, 'customer.subscription.updated', 'past_due');
  const burst = chance(seed).shuffled([...untold, failed, failed, pastDue]);
  const answers = await Promise.all(burst.map(shop.post));
  expect(answers, `seed ${seed}`).toEqual(burst.map(() => 200));
  await shop.settled();

  const kept = await Promise.all(sessions.map((id) => shop.cache.session(id)));
  expect(kept.map((each) => each?.changes.map(({ state }) => state)), `seed ${seed}: the next session is cancelled once, the later one stays`).toEqual([['booked', 'cancelled'], ['booked']]);
  expect(kept[0]?.session, `seed ${seed}`).toMatchObject({ state: 'cancelled', invoice, paidAt: null });
  const told = shop.told.filter(({ data }) => data.customer === ada.customer);
  expect(told.map(({ type, subject }) => [type, subject]), `seed ${seed}: the owner is told once`).toEqual([['payment.failed', invoice]]);
  expect(told[0]?.data.session, `seed ${seed}: and told of the session`).toMatchObject({ id: sessions[0], state: 'cancelled' });
}

/** R04: which of the two is heard first, and by how many seconds the second is later. */
export const ORDERS = [
  { first: 'invoice.payment_failed', secondsLater: 0 },
  { first: 'invoice.payment_failed', secondsLater: 1 },
  { first: 'customer.subscription.updated', secondsLater: 0 },
  { first: 'customer.subscription.updated', secondsLater: 1 },
] as const;

/** The flag stays through every update until the invoice is paid. */
export async function staysFlagged(shop: Shop, { first, secondsLater }: (typeof ORDERS)[number]): Promise<void> {
  const { ada, invoice, untold } = await declined(shop, []);
  const news = [one(untold, 'invoice.payment_failed'), one(untold, 'customer.subscription.updated', 'past_due')];
  const [sooner, later] = (first === news[0]?.type ? news : news.toReversed()) as [Stripe.Event, Stripe.Event];
  const flagged = async (when: string, status = 'past_due'): Promise<void> => {
    await shop.settled();
    const { subscription, standing } = await ada.me();
    expect([subscription?.status, subscription?.failedPayment?.invoice, standing.verdict], when).toEqual([status, invoice, 'hold']);
  };

  await shop.post(sooner);
  await shop.settled();
  await shop.post({ ...later, created: later.created + secondsLater });
  await flagged('both are told');
  for (const event of untold) await shop.post(event);
  await flagged('all else is told');
  await shop.advance(HOUR);
  await shop.stripe.subscriptions.update(ada.subscription, { metadata: { note: 'an update that says nothing of money' } });
  await tellOnly(shop, ada, 'customer.subscription.updated');
  await flagged('an update of something else');

  const card = await shop.stripe.paymentMethods.attach('pm_card_visa', { customer: ada.customer });
  await shop.stripe.invoices.pay(invoice, { payment_method: card.id });
  await tellOnly(shop, ada, 'customer.subscription.updated');
  await flagged('active, and the payment has not been told', 'active');
  await tellOnly(shop, ada, 'invoice.paid');
  const { subscription, standing } = await ada.me();
  expect([subscription?.failedPayment, standing], 'paid').toEqual([null, { verdict: 'on', reason: 'subscribed' }]);
}

async function tellOnly(shop: Shop, { customer }: Subscriber, type: string): Promise<void> {
  for (const event of await shop.events(customer)) if (event.type === type) await shop.post(event);
  await shop.settled();
}

/** R07: between the end of the trial and the first payment, Stripe says "active". The session that is booked takes its chance until then. */
export async function notPaidInBetween(shop: Shop): Promise<void> {
  const ada = await shop.subscriber('pm_card_chargeCustomerFail');
  const { id } = await shop.cache.bookSession({ customer: ada.customer, startsAt: ada.trialEnd + DAY }, (await shop.now()) * 1000);
  const state = async () => (await shop.cache.session(id))?.session.state;

  await shop.advanceTo(ada.trialEnd);
  const between = await ada.me();
  expect([between.subscription?.status, between.standing], 'the trial is over').toEqual(['active', { verdict: 'hold', reason: 'the first payment, $60, has not been made yet' }]);
  expect([await state(), shop.told], 'nothing has failed').toEqual(['booked', []]);
  await shop.advance(HOUR);
  const after = await ada.me();
  expect([after.subscription?.status, after.standing.verdict, await state()], 'an hour later').toEqual(['past_due', 'hold', 'cancelled']);
}
