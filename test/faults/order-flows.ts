/** What happens to one subscription, lived at a real sandbox and kept: its events as Stripe tells them, and what Stripe answers at each stage. */
import type Stripe from 'stripe';
import { createStripe } from '../../core/stripe.ts';
import { startSandbox } from '../../sandbox/main.ts';
import { KEY } from '../support/daemon.ts';
import { DAY, HOUR } from '../support/stripe-objects.ts';

/** What Stripe would answer between two stages, to whoever asks. */
export interface Truth {
  /** The time of the answer, in Stripe's seconds. */
  at: number;
  subscription: Stripe.Subscription;
  /** The same as it is answered with what pays it. */
  expanded: Stripe.Subscription;
  invoices: Stripe.Invoice[];
  /** What the subscription is charged to, and the last month in which that is good. */
  card: { id: string; expires: { month: number; year: number } } | null;
}

export interface Stage {
  /** Its events were heard, in order, before the flow begins. */
  isHeardOf: boolean;
  /** In the order in which they happened. */
  events: Stripe.Event[];
  truth: Truth;
}

export interface Flow {
  name: string;
  subscription: string;
  stages: Stage[];
}

interface Living {
  stripe: Stripe;
  advance(seconds: number): Promise<void>;
  customer: string;
  price: string;
  subscription: string;
}

type Step = (living: Living) => Promise<unknown>;

const GOOD = 'pm_card_visa';
const DEAD = 'pm_card_chargeCustomerFail';
const PAYMENT = ['default_payment_method', 'customer.invoice_settings.default_payment_method'];

const subscribes =
  (card: string, trial = true): Step =>
  async (living) => {
    const { stripe, customer, price } = living;
    const { id } = await stripe.paymentMethods.attach(card, { customer });
    const created = await stripe.subscriptions.create({ customer, items: [{ price }], default_payment_method: id, ...(trial ? { trial_period_days: 3 } : {}) });
    living.subscription = created.id;
  };

const trialEnds: Step = ({ advance }) => advance(3 * DAY);
const isCharged: Step = ({ advance }) => advance(HOUR + 60);
const later: Step = ({ advance }) => advance(60);
const isTriedAgain: Step = ({ advance }) => advance(3 * DAY);

/** A new card for the customer and the subscription, and the invoice paid with it: all within a second, as the portal does. */
const recovers: Step = async ({ stripe, customer, subscription }) => {
  const { id } = await stripe.paymentMethods.attach(GOOD, { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
  const { latest_invoice: invoice } = await stripe.subscriptions.update(subscription, { default_payment_method: id });
  await stripe.invoices.pay(invoice as string);
};
/** The bank sends the same card again, good until these years: all within a second. */
const renews =
  (...years: number[]): Step =>
  async ({ stripe, subscription }) => {
    const { default_payment_method: card } = await stripe.subscriptions.retrieve(subscription);
    for (const exp_year of years) await stripe.paymentMethods.update(card as string, { card: { exp_month: 11, exp_year } });
  };
/** From then on what the customer usually pays with, one card after the other, pays the subscription. */
const choosesAnother: Step = async ({ stripe, customer, subscription }) => {
  const [first, second] = [await stripe.paymentMethods.attach(GOOD, { customer }), await stripe.paymentMethods.attach('pm_card_mastercard', { customer })];
  await stripe.subscriptions.update(subscription, { default_payment_method: '' });
  for (const { id } of [first, second]) await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
};
/** One after the other; '' takes the mark away: all within a second. */
const marks =
  (...texts: string[]): Step =>
  async ({ stripe, subscription }) => {
    for (const mark of texts) await stripe.subscriptions.update(subscription, { metadata: { mark } });
  };
const cancels: Step = ({ stripe, subscription }) => stripe.subscriptions.cancel(subscription);
const saysWhy: Step = ({ stripe, subscription }) => stripe.subscriptions.update(subscription, { cancellation_details: { feedback: 'too_expensive' } });
const schedulesTheEnd: Step = ({ stripe, subscription }) => stripe.subscriptions.update(subscription, { cancel_at_period_end: true });
const takesItBack: Step = ({ stripe, subscription }) => stripe.subscriptions.update(subscription, { cancel_at_period_end: false });
const aMonthPasses: Step = ({ advance }) => advance(32 * DAY);
const dunningEnds: Step = ({ advance }) => advance(30 * DAY);

const SUBSCRIBED = { subscribes: subscribes(DEAD) };
const FAILED = { 'the trial ends': trialEnds, 'the payment fails': isCharged };
const RECOVERED = { 'a new card pays': recovers };

/** Short enough for all orders. A stage in brackets has been heard of before. */
export const SHORT_FLOWS: Record<string, Record<string, Step>> = {
  subscribe: { subscribes: subscribes(GOOD) },
  'subscribe, paid at once': { subscribes: subscribes(GOOD, false) },
  'subscribe and fail': { ...SUBSCRIBED, ...FAILED },
  fail: { '(subscribes)': subscribes(DEAD), '(the trial ends)': trialEnds, 'the payment fails': isCharged },
  'fail and recover': { '(subscribes)': subscribes(DEAD), '(the trial ends)': trialEnds, 'the payment fails': isCharged, ...RECOVERED },
  'fail, and recover before anything is heard': { '(subscribes)': subscribes(DEAD), ...FAILED, ...RECOVERED },
  cancel: { subscribes: subscribes(GOOD), cancels },
  'cancel, and say why': { subscribes: subscribes(GOOD), '(later)': later, cancels, 'says why': saysWhy },
  'schedule the end, and end': { subscribes: subscribes(GOOD), 'schedules the end': schedulesTheEnd, 'a month passes': aMonthPasses },
  'change one thing again and again, back to how it was': { '(subscribes)': subscribes(GOOD), '(later)': later, 'marks it': marks('1', '2', ''), 'marks it again': marks('3', '1', '') },
  'schedule the end, and take it back': { subscribes: subscribes(GOOD), 'schedules the end': schedulesTheEnd, 'takes it back': takesItBack, 'schedules it again': schedulesTheEnd },
};

/** Too long for all orders: seeds choose some. */
export const LONG_FLOWS: Record<string, Record<string, Step>> = {
  'subscribe, fail, recover, cancel': { ...SUBSCRIBED, ...FAILED, ...RECOVERED, cancels },
  'subscribe, fail twice, recover, schedule the end, end': {
    ...SUBSCRIBED,
    ...FAILED,
    'it is tried again': isTriedAgain,
    ...RECOVERED,
    'schedules the end': schedulesTheEnd,
    'a month passes': aMonthPasses,
  },
  'subscribe, fail, recover, renew, schedule the end, take it back': {
    ...SUBSCRIBED,
    ...FAILED,
    ...RECOVERED,
    'a month passes': aMonthPasses,
    'schedules the end': schedulesTheEnd,
    'takes it back': takesItBack,
  },
  'subscribe, renew the card again and again, choose another': {
    subscribes: subscribes(GOOD),
    'renews the card': renews(2031, 2032, 2033),
    'renews it again': renews(2034, 2035),
    'chooses another': choosesAnother,
  },
  'subscribe, fail until Stripe gives up': { ...SUBSCRIBED, ...FAILED, 'dunning ends': dunningEnds },
  'subscribe, fail, cancel and say why': { ...SUBSCRIBED, ...FAILED, cancels, 'says why': saysWhy },
};

/** Lives each of these flows, one customer each, at one sandbox. */
export async function liveFlows(flows: Record<string, Record<string, Step>>): Promise<Flow[]> {
  const sandbox = await startSandbox({ port: 0, defaultPortal: false });
  const stripe = createStripe({ stripeSecretKey: KEY, stripeApiBase: sandbox.url }, { live: false });
  const price = await stripe.prices.create({ currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' }, product_data: { name: 'Pair coding' } });
  const advance = async (seconds: number) => {
    const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ seconds }) };
    const { status } = await fetch(`${sandbox.url}/_sandbox/advance`, sent);
    if (status !== 200) throw new Error(`advance: ${status}`);
  };
  const lived: Flow[] = [];
  for (const [name, steps] of Object.entries(flows)) lived.push(await live({ stripe, advance, price: price.id, customer: '', subscription: '' }, name, steps));
  await sandbox.close();
  return lived;
}

async function live(living: Living, name: string, steps: Record<string, Step>): Promise<Flow> {
  const { stripe } = living;
  living.customer = (await stripe.customers.create({})).id;
  const stages: Stage[] = [];
  const told = new Set<string>();
  for (const [stage, step] of Object.entries(steps)) {
    await step(living);
    const events = (await eventsAbout(stripe, living.customer)).filter(({ id }) => !told.has(id));
    for (const { id } of events) told.add(id);
    stages.push({ isHeardOf: stage.startsWith('('), events, truth: await truthOf(living) });
  }
  return { name, subscription: living.subscription, stages };
}

/** What a step causes is never older than a month before the next. */
async function eventsAbout(stripe: Stripe, customer: string): Promise<Stripe.Event[]> {
  const all = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  return all.filter(({ data }) => JSON.stringify(data.object).includes(customer)).reverse();
}

async function truthOf({ stripe, subscription: id }: Living): Promise<Truth> {
  const subscription = await stripe.subscriptions.retrieve(id);
  const expanded = await stripe.subscriptions.retrieve(id, { expand: PAYMENT });
  const { data } = await stripe.invoices.list({ subscription: id, limit: 100 });
  const invoices = await Promise.all(data.map((invoice) => stripe.invoices.retrieve(invoice.id, { expand: ['payments.data.payment.payment_intent'] })));
  const at = Date.parse(expanded.lastResponse.headers.date ?? '') / 1000;
  return plain({ at, subscription, expanded, invoices, card: cardOf(expanded) });
}

function cardOf({ default_payment_method: own, customer }: Stripe.Subscription): Truth['card'] {
  const { id, card } = (own ?? (customer as Stripe.Customer).invoice_settings.default_payment_method ?? {}) as Partial<Stripe.PaymentMethod>;
  return id && card ? { id, expires: { month: card.exp_month, year: card.exp_year } } : null;
}

/** As it travels. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
