/** A sandbox with its pages, a shop that sells on it, and a browser: what the stories about the hosted pages begin with. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type FrameLocator, type Page } from '@playwright/test';
import type Stripe from 'stripe';
import { findChromium, launchOptions } from '../../support/chromium.ts';
import { openSandbox } from '../sandbox/running-sandbox.ts';

export const CARDS = {
  good: '4242424242424242',
  /** Can be saved; every charge fails. */
  dead: '4000000000000341',
  refused: '4000000000000002',
} as const;

export const hasBrowser = findChromium() !== undefined;

export interface Shop {
  stripe: Stripe;
  url: string;
  /** Where its customers come back to. */
  home: string;
  price: string;
  newCustomer(): Promise<string>;
  checkout(customer?: string, changes?: Partial<Stripe.Checkout.SessionCreateParams>): Promise<Stripe.Checkout.Session>;
  /** A new customer with a running subscription, paid by a card that is given by its magic name. */
  subscriber(card?: string): Promise<{ customer: string; subscription: string }>;
  /** A link to the portal, under a configuration with these features. */
  portal(customer: string, features: Stripe.BillingPortal.ConfigurationCreateParams.Features, more?: PortalOptions): Promise<string>;
  close(): Promise<void>;
}

type PortalOptions = Partial<Stripe.BillingPortal.SessionCreateParams>;

export async function openShop(): Promise<Shop> {
  const sandbox = await openSandbox();
  const { server, home } = await openHome();
  const { stripe, url } = sandbox;
  const price = await createPrice(stripe);
  const newCustomer = async () => (await stripe.customers.create({ email: 'ada@example.com', name: 'Ada Lovelace' })).id;
  return {
    stripe,
    url,
    home,
    price,
    newCustomer,
    checkout: (customer, changes) => stripe.checkout.sessions.create({ ...offer(price, home), ...(customer ? { customer } : {}), ...changes }),
    async subscriber(card = 'pm_card_visa') {
      const customer = await newCustomer();
      const { id } = await stripe.paymentMethods.attach(card, { customer });
      const items = [{ price }];
      const order = { customer, items, default_payment_method: id, trial_period_days: 3 };
      return { customer, subscription: (await stripe.subscriptions.create(order)).id };
    },
    async portal(customer, features, more = {}) {
      const business_profile = { headline: '/dev/chat' };
      const configuration = await stripe.billingPortal.configurations.create({ business_profile, features });
      const order = { customer, configuration: configuration.id, return_url: `${home}/dashboard`, ...more };
      return (await stripe.billingPortal.sessions.create(order)).url;
    },
    async close() {
      await sandbox.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The shop's own site: it says where one is. */
async function openHome(): Promise<{ server: Server; home: string }> {
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html').end(`<title>Shop</title><h1>${new URL(request.url ?? '', 'http://shop').pathname}</h1>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, home: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function createPrice(stripe: Stripe): Promise<string> {
  const product = await stripe.products.create({ name: '/dev/chat Pair Coding', description: 'One session a month' });
  const price = { product: product.id, currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' as const } };
  return (await stripe.prices.create(price)).id;
}

function offer(price: string, home: string): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'subscription',
    line_items: [{ price, quantity: 1 }],
    subscription_data: { trial_period_days: 3 },
    success_url: `${home}/dashboard?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: `${home}/`,
  };
}

export interface Visitor {
  page: Page;
  close(): Promise<void>;
}

let browser: Promise<Browser> | undefined;

/** A fresh browser context; the browser itself is shared by a file's stories. */
export async function openVisitor(options: { javaScriptEnabled?: boolean } = {}): Promise<Visitor> {
  browser ??= chromium.launch(launchOptions());
  const { javaScriptEnabled = true } = options;
  const context = await (await browser).newContext({ javaScriptEnabled, viewport: { width: 1280, height: 900 } });
  return { page: await context.newPage(), close: () => context.close() };
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

/** Types a card's digits as a person does. */
export async function fillCheckout(page: Page, card: string): Promise<void> {
  await page.locator('#cardNumber').pressSequentially(card);
  await page.locator('#cardExpiry').pressSequentially('1234');
  await page.locator('#cardCvc').pressSequentially('123');
  await page.locator('#billingName').fill('Ada Lovelace');
  await page.locator('#billingPostalCode').fill('94107');
}

/** Where the portal takes a card. */
export function portalCard(page: Page): FrameLocator {
  return page.frameLocator('iframe[title="Secure payment input frame"]');
}

export async function fillPortalCard(page: Page, card: string): Promise<void> {
  await portalCard(page).locator('#number').pressSequentially(card);
  await portalCard(page).locator('#expiry').pressSequentially('1234');
  await portalCard(page).locator('#cvc').pressSequentially('123');
}
