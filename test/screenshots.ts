/** `npm run screenshots`: takes the pictures of the README from the running product. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import Stripe from 'stripe';
import { bringChromium, launchOptions } from './support/chromium.ts';
import { freshFolder, ROOT } from './support/folders.ts';
import { runDevchat, startDevchat, type Surroundings } from './support/processes.ts';
import { CARDS, signUp, subscribe } from './support/visitor.ts';
import { terminalPage } from './support/terminal-page.ts';

const PICTURES = join(ROOT, 'docs', 'pictures');
const EMAIL = 'ada@example.com';
const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE = { width: 800, height: 640 };

await main();

async function main(): Promise<void> {
  bringChromium();
  mkdirSync(PICTURES, { recursive: true });
  const folder = freshFolder();
  const up = startDevchat(['up', '--port', '0', '--sandbox-port', '0'], { folder: folder.path });
  const browser = await chromium.launch(launchOptions());
  try {
    const [, dashboard = ''] = await up.printed(/dashboard\s+(http:\S+)/);
    const [, sandbox = ''] = await up.printed(/the sandbox at (http:\S+)/);
    const stripe = connect(sandbox);
    await pictureDashboard(browser, dashboard, stripe, { folder: folder.path });
    await pictureDiff(browser, stripe, { folder: folder.path });
  } finally {
    await browser.close();
    await up.stop();
    folder.remove();
  }
}

async function pictureDashboard(browser: Browser, baseURL: string, stripe: Stripe, surroundings: Surroundings): Promise<void> {
  const page = await browser.newPage({ baseURL, viewport: PAGE, timezoneId: 'Europe/Berlin', locale: 'en-US' });
  await signUp(page, EMAIL);
  const subscription = await subscribe(page, CARDS.dead);
  const inTwoDays = new Date(Date.now() + 2 * DAY_MS).toISOString().slice(0, 10);
  await runDevchat(['sessions', 'book', EMAIL, `${inTwoDays}T14:00Z`], surroundings);
  await page.locator('#next-session').waitFor();
  await save(page, 'dashboard');
  await stripe.subscriptions.update(subscription, { trial_end: 'now' });
  await page.getByText('insufficient').or(page.getByText('declined')).first().waitFor();
  await save(page, 'dashboard-on-hold');
}

/** Somebody changes the portal by hand, and the diff says what. */
async function pictureDiff(browser: Browser, stripe: Stripe, surroundings: Surroundings): Promise<void> {
  const ours = (await stripe.billingPortal.configurations.list()).data.find(({ metadata }) => metadata?.challenge_id);
  await stripe.billingPortal.configurations.update(ours?.id ?? '', { business_profile: { headline: 'Welcome' }, features: { subscription_cancel: { enabled: true, mode: 'at_period_end' } } });
  const command = ['provision', 'portal', '--diff'];
  const { stdout } = await runDevchat(command, { ...surroundings, env: { FORCE_COLOR: '1' } });
  const page = await browser.newPage({ viewport: { width: 720, height: 170 } });
  await page.setContent(terminalPage(`$ devchat ${command.join(' ')}\n${stdout}`));
  await save(page, 'provision-diff');
}

async function save(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

function connect(address: string): Stripe {
  const { hostname, port } = new URL(address);
  return new Stripe('sk_test_devchat_screenshots', { host: hostname, port, protocol: 'http' });
}
