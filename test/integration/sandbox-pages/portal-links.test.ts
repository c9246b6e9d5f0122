/** Links to the portal: where deep links lead, what happens to old and foreign ones, and who may send its forms. */
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openShop, type Shop } from './open-shop.ts';

const EVERYTHING = {
  customer_update: { enabled: true, allowed_updates: ['email', 'shipping'] },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: { enabled: true, mode: 'immediately' },
  subscription_pause: { enabled: true },
} as const satisfies Features;
type Features = Stripe.BillingPortal.ConfigurationCreateParams.Features;
type Flow = Stripe.BillingPortal.SessionCreateParams.FlowData;

const MINUTE_MS = 60_000;

describe('links to the portal', () => {
  let shop: Shop;
  beforeAll(async () => void (shop = await openShop()));
  afterAll(() => shop.close());
  afterEach(() => void vi.useRealTimers());

  async function offers(): Promise<{ features: Features; other: string }> {
    const { product } = await shop.stripe.prices.retrieve(shop.price);
    const other = await shop.stripe.prices.create({ product: product as string, currency: 'usd', unit_amount: 60_000, recurring: { interval: 'year' } });
    const products = [{ product: product as string, prices: [shop.price, other.id] }];
    return { features: { ...EVERYTHING, subscription_update: { enabled: true, default_allowed_updates: ['price', 'quantity'], products } }, other: other.id };
  }

  async function open(url: string, init: RequestInit = {}) {
    const answer = await fetch(url, { redirect: 'manual', ...init });
    return { status: answer.status, to: answer.headers.get('location') ?? '', text: await answer.text() };
  }

  const post = (url: string, headers: Record<string, string> = {}) => open(url, { method: 'POST', headers });

  test('each task of flow_data leads to its page', async () => {
    const { features, other } = await offers();
    const { customer, subscription } = await shop.subscriber();
    const item = (await shop.stripe.subscriptions.retrieve(subscription)).items.data[0]?.id ?? '';
    const flows: [Flow, RegExp][] = [
      [{ type: 'customer_update' }, /\/customer$/],
      [{ type: 'payment_method_update' }, /\/payment-methods$/],
      [{ type: 'subscription_cancel', subscription_cancel: { subscription } }, /\/cancel$/],
      [{ type: 'subscription_update', subscription_update: { subscription } }, /\/update$/],
      [
        { type: 'subscription_update_confirm', subscription_update_confirm: { subscription, items: [{ id: item, price: other, quantity: 2 }] } },
        /\/update\/confirm\?price=price_\w+&quantity=2$/,
      ],
    ];
    for (const [flow_data, page] of flows) {
      const url = await shop.portal(customer, features, { flow_data });
      const { status, to } = await open(url);
      expect([flow_data.type, status, to]).toEqual([flow_data.type, 303, expect.stringMatching(page)]);
      const task = await open(shop.url + to);
      expect([flow_data.type, task.status]).toEqual([flow_data.type, 200]);
      expect(task.text).toContain('data-testid="return-to-business-link"');
    }
  });

  test('the API refuses a task whose feature is off, and subscriptions that are not the customer’s', async () => {
    const mine = await shop.subscriber();
    const theirs = await shop.subscriber();
    const off = shop.portal(mine.customer, { invoice_history: { enabled: true } }, { flow_data: { type: 'customer_update' } });
    await expect(off).rejects.toMatchObject({ statusCode: 400, param: 'flow_data[type]' });
    const flow_data = { type: 'subscription_cancel', subscription_cancel: { subscription: theirs.subscription } } as const;
    await expect(shop.portal(mine.customer, EVERYTHING, { flow_data })).rejects.toMatchObject({ statusCode: 400 });
  });

  test('a deep link whose task is done opens the whole portal, and a reloaded page repeats nothing', async () => {
    const { customer, subscription } = await shop.subscriber();
    const url = await shop.portal(customer, EVERYTHING, { flow_data: { type: 'subscription_cancel', subscription_cancel: { subscription } } });
    const task = shop.url + (await open(url)).to;
    expect(await post(task)).toMatchObject({ status: 303, to: expect.stringContaining('?done=canceled') as string });
    expect((await open(url)).text).toContain('Current subscription');
    expect(await post(task)).toMatchObject({ status: 409, text: expect.stringContaining('Already canceled') as string });
  });

  test('a link lives five minutes unvisited and an hour after each visit', async () => {
    const { customer } = await shop.subscriber();
    const url = await shop.portal(customer, EVERYTHING, { after_expiration: { type: 'customer_login' } });
    const passes = (minutes: number): void => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * MINUTE_MS });
    passes(4);
    expect((await open(url)).status).toBe(200);
    passes(59);
    expect((await open(`${url}/payment-methods`)).status).toBe(200);
    passes(61);
    const expired = await open(url);
    expect([expired.status, expired.text]).toEqual([410, expect.stringContaining('/p/login/bpc_')]);
    expect(expired.text).not.toContain('ada@example.com');
    expect((await post(`${url}/payment-methods`)).status).toBe(410);
  });

  test('nothing that is not the customer’s is found, whatever it is', async () => {
    const mine = await shop.subscriber();
    const theirs = await shop.subscriber();
    const { features } = await offers();
    const url = await shop.portal(mine.customer, features);
    const [card] = (await shop.stripe.paymentMethods.list({ customer: theirs.customer })).data;
    const paths = ['cancel', 'update', 'update/confirm', 'pause'].flatMap((task) =>
      [theirs.subscription, 'sub_nobody', '%00', '..%2f..'].map((id) => `subscriptions/${id}/${task}`),
    );
    for (const path of [...paths, `payment-methods/${card?.id ?? ''}/remove`, 'nowhere']) {
      const { status, text } = await open(`${url}/${path}`);
      expect([path, status]).toEqual([path, 404]);
      expect(text).not.toContain(theirs.subscription);
    }
  });

  test('a page of another site cannot send a form', async () => {
    const { customer, subscription } = await shop.subscriber();
    const cancel = `${await shop.portal(customer, EVERYTHING)}/subscriptions/${subscription}/cancel`;
    const foreign: Record<string, string>[] = [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }, { origin: 'null' }];
    for (const headers of foreign) {
      expect([headers, (await post(cancel, headers)).status]).toEqual([headers, 403]);
    }
    expect((await shop.stripe.subscriptions.retrieve(subscription)).status).toBe('trialing');
    expect((await post(cancel, { origin: shop.url })).status).toBe(303);
  });
});
