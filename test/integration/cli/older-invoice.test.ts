/** An invoice that stays unpaid while later ones are paid: the subscription is active, and its payment is missing all the same. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type Stripe from 'stripe';
import { runBackfill } from '../../../cli/commands/events/backfill.ts';
import { runList } from '../../../cli/commands/subscriptions/list.ts';
import { runSync } from '../../../cli/commands/subscriptions/sync.ts';
import { runVerify } from '../../../cli/commands/subscriptions/verify.ts';
import type { SubscriptionView } from '../../../core/billing/views.ts';
import { CHALLENGE_ID, KEY, openStripe, provision, type StripeUnderTest } from '../../support/daemon.ts';
import { freshFolder } from '../../support/folders.ts';
import { asCheckout } from '../../support/shop.ts';
import { DAY, HOUR } from '../../support/stripe-objects.ts';
import { recordingContext, type Recorded } from '../../unit/cli/recording-io.ts';

type Folder = ReturnType<typeof freshFolder>;

let stripe: StripeUnderTest;
let ada: Stripe.Subscription;
/** Of a cache that heard every event, and of one that heard nothing. */
let heard: Folder;
let deaf: Folder;

beforeEach(async () => {
  [stripe, heard, deaf] = [await openStripe(), freshFolder(), freshFolder()];
  await control('/switches', { dunning_end: 'leave' });
  const { price } = await provision(stripe.stripe);
  const { id: customer } = await stripe.stripe.customers.create({ email: 'ada@example.com' });
  ada = await asCheckout(stripe.stripe, { customer, price, card: 'pm_card_visa' });
  await backfill(heard);
});
afterEach(async () => {
  await stripe.close();
  for (const folder of [heard, deaf]) folder.remove();
});

async function control(path: string, body: object): Promise<void> {
  await fetch(`${stripe.url}/_sandbox${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function run(folder: Folder, command: (context: Recorded['context']) => Promise<void>): Promise<{ out: string; exitCode: number }> {
  const { context, out } = recordingContext({ folder: folder.path, env: { STRIPE_API_BASE: stripe.url, STRIPE_SECRET_KEY: KEY, CHALLENGE_ID } });
  await command(context).finally(() => context.close());
  return { out: out.join('\n'), exitCode: context.exitCode };
}
const backfill = (folder: Folder) => run(folder, (context) => runBackfill({}, context));
const sync = (folder: Folder) => run(folder, (context) => runSync({}, context));
const verify = (folder: Folder) => run(folder, (context) => runVerify({ detailedExitcode: true }, context));
const MATCHES = { out: '1 subscription compared: the cache matches Stripe.', exitCode: 0 };

async function shown(folder: Folder): Promise<SubscriptionView> {
  const { out } = await run(folder, (context) => runList({ json: true }, context));
  return (JSON.parse(out) as { subscriptions: SubscriptionView[] }).subscriptions[0]!;
}

/** Lets time pass, and the one cache hear of it. */
async function live(days: number): Promise<void> {
  for (let left = days; left > 0; left -= 10) {
    await stripe.advance(Math.min(left, 10) * DAY + HOUR);
    await backfill(heard);
  }
}

async function payWith(card: string): Promise<void> {
  const { id } = await stripe.stripe.paymentMethods.attach(card, { customer: ada.customer as string });
  await stripe.stripe.subscriptions.update(ada.id, { default_payment_method: id });
}

/** The first month is paid, the second is not after every try, the third is paid; returns the invoice of the second. */
async function secondMonthUnpaid(): Promise<string> {
  await live(5);
  await payWith('pm_card_chargeCustomerFail');
  await live(50);
  await payWith('pm_card_visa');
  await live(25);
  const { status, latest_invoice: latest } = await stripe.stripe.subscriptions.retrieve(ada.id, { expand: ['latest_invoice'] });
  const { data: open } = await stripe.stripe.invoices.list({ status: 'open' });
  expect([status, (latest as Stripe.Invoice).status, open.map(({ attempt_count: tries }) => tries)]).toEqual(['active', 'paid', [9]]);
  return open[0]!.id;
}

test('is found by a sync, and by verify, as by whoever heard of the failure', async () => {
  const invoice = await secondMonthUnpaid();
  const { standing, failedPayment } = await shown(heard);
  expect([standing.verdict, failedPayment?.invoice]).toEqual(['hold', invoice]);
  await sync(deaf);
  expect(await shown(deaf)).toMatchObject({ status: 'active', standing: { verdict: 'hold' }, failedPayment: { invoice, reason: 'the card was declined', card: 'Visa 0341' } });
  for (const folder of [heard, deaf]) expect(await verify(folder)).toEqual(MATCHES);
});

test('of many subscriptions all open invoices are listed at once', async () => {
  const customer = ada.customer as string;
  const price = ada.items.data[0]!.price.id;
  for (let number = 0; number < 5; number += 1) await asCheckout(stripe.stripe, { customer, price, card: 'pm_card_visa' });
  const before = stripe.calls().length;
  await sync(deaf);
  const calls = stripe.calls().slice(before).filter((call) => call.includes('/v1/'));
  const times = (path: RegExp) => calls.filter((call) => path.test(call)).length;
  expect([times(/\/subscriptions$/), times(/\/invoices$/), times(/\/subscriptions\/sub_/), times(/\/invoices\/in_/)]).toEqual([1, 1, 6, 6]);
  expect(calls).toHaveLength(14);
});

test.each(['paid', 'voided', 'written off'] as const)('%s behind its back it holds nobody up any more', async (end) => {
  const invoice = await secondMonthUnpaid();
  await sync(deaf);
  const { invoices } = stripe.stripe;
  await { paid: () => invoices.pay(invoice), voided: () => invoices.voidInvoice(invoice), 'written off': () => invoices.markUncollectible(invoice) }[end]();
  expect(await verify(deaf)).toMatchObject({ out: expect.stringContaining(`invoice.${invoice}.status`) as string, exitCode: 2 });
  await sync(deaf);
  expect(await shown(deaf)).toMatchObject({ standing: { verdict: 'on' }, failedPayment: null });
  expect(await verify(deaf)).toEqual(MATCHES);
});
