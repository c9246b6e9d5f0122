/** Customers, products and prices through the real SDK. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

describe('a customer', () => {
  test('is made, changed key by key, and deleted for good', async () => {
    const { customers } = sandbox.stripe;
    const created = await customers.create({ email: 'ada@example.com', address: { city: 'London' }, metadata: { plan: 'a', source: 'x' } });
    expect(created).toMatchObject({ object: 'customer', livemode: false, address: { city: 'London', line1: null }, invoice_settings: { default_payment_method: null } });
    const updated = await customers.update(created.id, { name: 'Ada', address: '', metadata: { plan: '', level: '2' } });
    expect(updated).toMatchObject({ email: 'ada@example.com', name: 'Ada', address: null, metadata: { source: 'x', level: '2' } });
    expect(await customers.del(created.id)).toEqual(expect.objectContaining({ id: created.id, deleted: true }));
    expect(await customers.retrieve(created.id)).toMatchObject({ deleted: true });
    await expect(customers.update(created.id, { name: 'B' })).rejects.toMatchObject({ code: 'resource_missing' });
    expect((await customers.list({ email: 'ada@example.com' })).data).toEqual([]);
  });

  test('can bring a card and pay by it from the start', async () => {
    const created = await sandbox.stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
      expand: ['invoice_settings.default_payment_method'],
    });
    expect(created.invoice_settings.default_payment_method).toMatchObject({ object: 'payment_method', customer: created.id, card: { last4: '4242' } });
  });

  test('tells what an update changed', async () => {
    const { id } = await sandbox.stripe.customers.create({ description: 'before' });
    await sandbox.stripe.customers.update(id, { description: 'after' });
    const [event] = (await sandbox.stripe.events.list({ type: 'customer.updated', limit: 1 })).data;
    expect(event?.data).toMatchObject({ object: { id, description: 'after' }, previous_attributes: { description: 'before' } });
    await sandbox.stripe.customers.update(id, { description: 'after' });
    expect((await sandbox.stripe.events.list({ type: 'customer.updated', limit: 1 })).data[0]?.id).toBe(event?.id);
  });
});

describe('a product', () => {
  test('keeps its unit label, its default price and its activity', async () => {
    const { products } = sandbox.stripe;
    const created = await products.create({
      name: 'Pair Coding',
      unit_label: 'session',
      default_price_data: { currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' } },
      expand: ['default_price'],
    });
    expect(created).toMatchObject({ active: true, unit_label: 'session', type: 'service', default_price: { unit_amount: 6000, unit_amount_decimal: '6000' } });
    expect(await products.update(created.id, { active: false, unit_label: '' })).toMatchObject({ active: false, unit_label: null, name: 'Pair Coding' });
    const inactive = await products.list({ active: false });
    expect(inactive.data.map(({ id }) => id)).toEqual([created.id]);
    await expect(products.del(created.id)).rejects.toThrow(/user-created prices/);
  });

  test('may choose its id once', async () => {
    const { products } = sandbox.stripe;
    expect((await products.create({ id: 'chosen', name: 'Chosen' })).id).toBe('chosen');
    await expect(products.create({ id: 'chosen', name: 'Again' })).rejects.toMatchObject({ code: 'resource_already_exists' });
    expect((await products.list({ ids: ['chosen'] })).data).toHaveLength(1);
    await products.del('chosen');
    await expect(products.retrieve('chosen')).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe('a price', () => {
  const monthly = async (fields: object = {}) => {
    const { id: product } = await sandbox.stripe.products.create({ name: 'Monthly' });
    return sandbox.stripe.prices.create({ product, currency: 'USD', unit_amount: 6000, recurring: { interval: 'month' }, ...fields });
  };

  test('is found by its lookup key, which only one price can hold', async () => {
    const first = await monthly({ lookup_key: 'pair' });
    expect(first).toMatchObject({ currency: 'usd', type: 'recurring', recurring: { interval: 'month', interval_count: 1, usage_type: 'licensed' } });
    await expect(monthly({ lookup_key: 'pair' })).rejects.toMatchObject({ statusCode: 400, param: 'lookup_key' });
    const second = await monthly({ lookup_key: 'pair', transfer_lookup_key: true });
    const { data } = await sandbox.stripe.prices.list({ lookup_keys: ['pair'] });
    expect(data.map(({ id }) => id)).toEqual([second.id]);
    expect((await sandbox.stripe.prices.retrieve(first.id)).lookup_key).toBeNull();
  });

  test('never changes its amount', async () => {
    const { id } = await monthly();
    await expect(sandbox.stripe.prices.update(id, { unit_amount: 1 } as object)).rejects.toMatchObject({ code: 'parameter_unknown', param: 'unit_amount' });
    expect(await sandbox.stripe.prices.update(id, { active: false, nickname: 'old' })).toMatchObject({ active: false, nickname: 'old', unit_amount: 6000 });
  });

  test.each([
    [{ unit_amount: undefined }, 'unit_amount'],
    [{ unit_amount: -1 }, 'unit_amount'],
    [{ recurring: { interval: 'decade' } }, 'recurring[interval]'],
    [{ recurring: { interval: 'year', interval_count: 4 } }, 'recurring[interval_count]'],
    [{ currency: 'dollars' }, 'currency'],
    [{ unit_amount: undefined, unit_amount_decimal: '0.5' }, 'unit_amount_decimal'],
    [{ unit_amount: undefined, unit_amount_decimal: '-1' }, 'unit_amount_decimal'],
    [{ recurring: { interval: 'month', usage_type: 'metered' } }, 'recurring[usage_type]'],
    [{ billing_scheme: 'tiered' }, 'billing_scheme'],
    [{ tiers_mode: 'graduated' }, 'tiers_mode'],
    [{ tiers: [{ up_to: 'inf', unit_amount: 1 }] }, 'tiers'],
    [{ custom_unit_amount: { enabled: true } }, 'custom_unit_amount'],
    [{ currency_options: { eur: { unit_amount: 1 } } }, 'currency_options'],
    [{ transform_quantity: { divide_by: 2, round: 'up' } }, 'transform_quantity'],
  ])('with %j is refused', async (fields, param) => {
    await expect(monthly(fields)).rejects.toMatchObject({ statusCode: 400, param });
  });

  test('can have its amount said as a decimal', async () => {
    const { unit_amount, unit_amount_decimal } = await monthly({ unit_amount: undefined, unit_amount_decimal: '6000.00' });
    expect([unit_amount, String(unit_amount_decimal)]).toEqual([6000, '6000']);
  });

  test('keeps its key when another may not have it, and gives it up on an update that says so', async () => {
    const holder = await monthly({ lookup_key: 'moving' });
    const other = await monthly();
    await expect(sandbox.stripe.prices.update(other.id, { lookup_key: 'moving' })).rejects.toMatchObject({ param: 'lookup_key' });
    expect((await sandbox.stripe.prices.retrieve(holder.id)).lookup_key).toBe('moving');
    await sandbox.stripe.prices.update(other.id, { lookup_key: 'moving', transfer_lookup_key: true });
    expect((await sandbox.stripe.prices.list({ lookup_keys: ['moving'] })).data.map(({ id }) => id)).toEqual([other.id]);
    const events = (await sandbox.stripe.events.list({ type: 'price.updated', limit: 2 })).data.map(({ data }) => data.previous_attributes);
    expect(events).toEqual([{ lookup_key: null }, { lookup_key: 'moving' }]);
  });

  test('is not archived while it is its product’s default, and its tax behavior is settled once', async () => {
    const product = await sandbox.stripe.products.create({ name: 'Default', default_price_data: { currency: 'usd', unit_amount: 1 }, expand: ['default_price'] });
    const { id } = product.default_price as { id: string };
    const message = 'This price cannot be archived because it is the default price of its product.';
    await expect(sandbox.stripe.prices.update(id, { active: false })).rejects.toMatchObject({ statusCode: 400, message });
    await sandbox.stripe.products.update(product.id, { default_price: '' });
    expect(await sandbox.stripe.prices.update(id, { active: false, tax_behavior: 'inclusive' })).toMatchObject({ active: false, tax_behavior: 'inclusive' });
    await expect(sandbox.stripe.prices.update(id, { tax_behavior: 'exclusive' })).rejects.toMatchObject({ param: 'tax_behavior' });
  });

  test('can bring its product along', async () => {
    const price = await sandbox.stripe.prices.create({ currency: 'usd', unit_amount: 1, product_data: { name: 'Inline' }, expand: ['product'] });
    expect(price.product).toMatchObject({ name: 'Inline', active: true });
  });
});
