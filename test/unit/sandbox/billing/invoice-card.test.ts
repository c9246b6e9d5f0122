import { expect, test } from 'vitest';
import { payInvoiceWithCard } from '../../../../sandbox/billing/manual-invoices.ts';
import type { PaymentMethod } from '../../../../sandbox/billing/shapes.ts';
import { FAILING_CARD, GOOD_CARD, latestInvoice, openBillingWorld, refusalOf, subscribe } from './billing-world.ts';

test('a card typed on an invoice stays with its customer only if it paid', () => {
  const world = openBillingWorld();
  const { id, customer } = subscribe(world, {}, FAILING_CARD);
  const invoice = latestInvoice(world, id);
  const cards = (): number => world.store.all<PaymentMethod>('payment_method', { customer: customer.id }).length;
  expect([invoice.status, cards()]).toEqual(['open', 1]);
  world.told();

  expect(refusalOf(() => payInvoiceWithCard(world, invoice.id, FAILING_CARD))).toMatchObject({ status: 402 });
  expect(cards()).toBe(1);
  expect(world.toldTypes()).not.toContain('payment_method.attached');

  expect(payInvoiceWithCard(world, invoice.id, GOOD_CARD).status).toBe('paid');
  expect(cards()).toBe(2);
  expect(world.toldTypes()).toContain('payment_method.attached');
});
