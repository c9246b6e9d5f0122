/** `npm run screenshots`: takes the pictures of the README from the running product. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import Database from 'better-sqlite3';
import Stripe from 'stripe';
import { bringChromium, launchOptions } from './support/chromium.ts';
import { freshFolder, ROOT } from './support/folders.ts';
import { journalOf } from './support/large-journal.ts';
import { onPath } from './support/programs.ts';
import { runDevchat, startDevchat, type Surroundings } from './support/processes.ts';
import { CARDS, signUp, subscribe } from './support/visitor.ts';
import { terminalPage } from './support/terminal-page.ts';

const PICTURES = join(ROOT, 'docs', 'pictures');
const [SCRIPT = 'script'] = onPath(['script']);
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
    await pictureRebuild(browser, folder.path);
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

/** A million events, and a subscription whose cached status is another than they leave. Filling the journal takes a minute or two. */
async function pictureRebuild(browser: Browser, folder: string): Promise<void> {
  const path = await journalOf(1_000_000, join(folder, 'large'));
  const database = new Database(path);
  database.exec(`UPDATE subscriptions SET status = 'past_due' WHERE id = 'sub_00004711'`);
  database.close();
  const command = `events rebuild --cache ${path}`;
  const screen = execFileSync(SCRIPT, ['-qec', `stty cols 80; '${process.execPath}' '${join(ROOT, 'bin', 'devchat.js')}' ${command}`, '/dev/null'], { encoding: 'utf8', env: { ...process.env, DEVCHAT_DATA_DIR: folder, DEVCHAT_CONFIG_DIR: folder, TERM: 'xterm-256color' } });
  const page = await browser.newPage({ viewport: { width: 760, height: 250 } });
  await page.setContent(terminalPage(`$ devchat events rebuild\n${whileAndAfter(screen)}`));
  await save(page, 'rebuild');
}

/** Of a line that is rewritten, what stood there in the middle of the work; and what is left at the end. */
function whileAndAfter(screen: string): string {
  const lines = screen.replaceAll('\r\n', '\n').split('\n');
  const rewritten = lines.flatMap((line) => line.split('\r')).filter((line) => / of 1,000,000 events/.test(line));
  const after = lines.map((line) => line.split('\r').at(-1) ?? '');
  return [rewritten[Math.floor(rewritten.length / 2)], ...after].join('\n').replaceAll('\u001b[K', '');
}

async function save(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

function connect(address: string): Stripe {
  const { hostname, port } = new URL(address);
  return new Stripe('sk_test_devchat_screenshots', { host: hostname, port, protocol: 'http' });
}
