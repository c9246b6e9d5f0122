/** The renewal that docs/sandbox-stripe-cli.md lets fail, for a subscriber who came through Checkout. */
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { freshFolder } from '../../support/folders.ts';
import { openSandbox, type SandboxUnderTest } from '../sandbox/running-sandbox.ts';
import { checkoutSession } from './given.ts';
import { PAGE } from './page.ts';
import { hasStripeCli, stripePrograms } from './stripe-program.ts';

const DAY_SECONDS = 86_400;

test.skipIf(!hasStripeCli)('a card that is declined, given to the subscription, fails its next renewal', async () => {
  const sandbox = await openSandbox();
  const folder = freshFolder();
  const programs = stripePrograms(sandbox.url, folder.path);
  const { customer, subscription } = await subscribed(sandbox);
  const [attach = '', update = ''] = PAGE.split('\n').filter((line) => /^stripe (payment_methods attach|subscriptions update).*12111/.test(line));
  const [, days = ''] = /^devchat sandbox advance (\d+)d$/m.exec(PAGE) ?? [];
  const wordsOf = (line: string): string[] => line.replace(/ --api-base.*/, '').split(' ').slice(1);

  const attached = programs.run(...wordsOf(attach.replace('cus_…', customer)));
  expect(await attached.ended, attached.output()).toBe(0);
  const [card = ''] = /pm_\w+/.exec(attached.output()) ?? [];
  const updated = programs.run(...wordsOf(update.replace('sub_…', subscription).replace('pm_…', card)));
  expect(await updated.ended, updated.output()).toBe(0);
  await sandbox.advance(Number(days) * DAY_SECONDS);

  expect(await sandbox.stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'past_due', default_payment_method: card });
  expect((await sandbox.stripe.events.list({ type: 'invoice.payment_failed' })).data).not.toEqual([]);
  programs.stop();
  folder.remove();
  await sandbox.close();
});

/** Through Checkout, whose events tell of the sale first. */
async function subscribed({ stripe, call }: SandboxUnderTest): Promise<{ customer: string; subscription: string }> {
  const { CHECKOUT = '' } = await checkoutSession(stripe, '');
  const { id } = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' }, billing_details: { email: 'ada@example.com' } });
  await call(`/v1/payment_pages/${CHECKOUT}/confirm`, { method: 'POST', body: new URLSearchParams({ expected_amount: '1500', payment_method: id }) });
  const types = (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type).reverse();
  const places = (['checkout.session.completed', 'customer.created', 'customer.subscription.created'] satisfies Stripe.Event.Type[]).map((type) => types.indexOf(type));
  expect(places, types.join(' ')).not.toContain(-1);
  expect(places[0], types.join(' ')).toBe(Math.min(...places));
  const { customer, subscription } = await stripe.checkout.sessions.retrieve(CHECKOUT);
  return { customer: customer as string, subscription: subscription as string };
}
