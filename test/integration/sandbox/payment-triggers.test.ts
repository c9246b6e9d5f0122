/** `stripe trigger` of the official Stripe CLI, for the events of payments, plans, customers and what they need. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshFolder } from '../../support/folders.ts';
import { openSandbox, type SandboxUnderTest } from './running-sandbox.ts';
import { hasStripeCli, stripePrograms, type StripePrograms } from '../stripe-cli/stripe-program.ts';

const PASSING = [
  'charge.captured',
  'charge.failed',
  'charge.refund.updated',
  'charge.refunded',
  'charge.succeeded',
  'checkout.session.completed',
  'checkout.session.expired',
  'customer.created',
  'customer.deleted',
  'customer.updated',
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.created',
  'payment_intent.payment_failed',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'payment_method.attached',
  'payment_method.detached',
  'payment_method.updated',
  'plan.created',
  'plan.deleted',
  'plan.updated',
  'price.created',
  'price.updated',
  'product.created',
  'product.deleted',
  'product.updated',
  'setup_intent.canceled',
  'setup_intent.created',
  'setup_intent.requires_action',
  'setup_intent.setup_failed',
  'setup_intent.succeeded',
] as const;

const folder = freshFolder();
let sandbox: SandboxUnderTest;
let programs: StripePrograms;

beforeAll(async () => {
  sandbox = await openSandbox();
  programs = stripePrograms(sandbox.url, folder.path);
});
afterAll(async () => {
  programs.stop();
  await sandbox.close();
  folder.remove();
});

/** Only bank debits are asynchronous; the refusal names them. */
const REFUSED = [
  ['checkout.session.async_payment_succeeded', 'The sandbox takes cards only, not \\"sepa_debit\\".'],
  ['payment_intent.processing', 'sepa_debit'],
] as const;

describe.skipIf(!hasStripeCli)('stripe trigger', { timeout: 60_000 }, () => {
  test.each(PASSING)('%s', async (name) => {
    const triggered = programs.run('trigger', name);
    expect(await triggered.ended, triggered.output()).toBe(0);
    const { data } = await sandbox.stripe.events.list({ type: name, limit: 1 });
    expect(data.map(({ type }) => type)).toEqual([name]);
  });

  test.each(REFUSED)('%s is refused', async (name, words) => {
    const triggered = programs.run('trigger', name);
    expect(await triggered.ended).toBe(1);
    expect(triggered.output()).toContain(words);
  });
});
