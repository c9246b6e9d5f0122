/** A card dies in a real browser: the customer is told at once which session it costs, and what heals it. */
import { randomUUID } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test as base, type Application } from '../support/application.ts';
import { CARDS, cancelInPortal, openPortal, replaceCard, signUp, subscribe } from '../support/visitor.ts';

/** How long the dashboard may take to show what Stripe or the owner did. */
const SOON_MS = 2_000;
const TWO_DAYS_MS = 2 * 24 * 60 * 60 * 1000;

interface Booked {
  subscription: string;
  session: string;
  /** When it begins, on the visitor's clock. */
  time: string;
  /** What the owner types. */
  owner: NonNullable<Application['devchat']>;
}

/** `test` with a subscriber whose card will fail, who has a session booked and looks at the dashboard. */
const test = base.extend<{ booked: Booked }>({
  booked: async ({ page, application }, use, story) => {
    const { devchat: owner } = application;
    story.skip(owner === undefined, 'the owner of the application at BASE_URL books the sessions there');
    if (!owner) return;
    const { utc, time } = nextHour();
    const email = `pair-${randomUUID()}@example.com`;
    await signUp(page, email);
    const subscription = await subscribe(page, CARDS.dead);
    const [session = ''] = /ses_\w+/.exec(await owner('sessions', 'book', email, utc, '--json')) ?? [];
    await expect(page.locator('#next-session')).toContainText(time, { timeout: SOON_MS });
    await use({ subscription, session, time, owner });
  },
});

test.use({ timezoneId: 'Asia/Tokyo', locale: 'en-US' });

test('a card dies and the session falls; a new card heals the one, the owner puts back the other', async ({ page, application, booked }) => {
  await application.stripe.subscriptions.update(booked.subscription, { trial_end: 'now' });
  await expectBanner(page, booked);

  await replaceCard(page, CARDS.good);
  await expectHealed(page);
  await expect(page.locator('#cancelled-session')).toContainText('The payment came: we will put it back or find another time with you.');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  await booked.owner('sessions', 'restore', booked.session);
  await expect(page.locator('#next-session')).toContainText(booked.time, { timeout: SOON_MS });
  await expect(page.locator('#cancelled-session')).toBeHidden();
});

test('a card dies, and the customer cancels instead', async ({ page, application, booked }) => {
  await application.stripe.subscriptions.update(booked.subscription, { trial_end: 'now' });
  await expectBanner(page, booked);

  await openPortal(page);
  await cancelInPortal(page);
  await page.getByTestId('return-to-business-link').click();

  await expect(page.locator('#subscription-ended')).toHaveText('you have ended your /dev/chat subscription');
  await expect(page.locator('#payment-failed')).toBeHidden();
  await expect(page.locator('#standing')).toHaveAttribute('data-verdict', 'off');
  await expect(page.locator('#next-session')).toBeHidden();
});

/** Within SOON_MS and without a reload: amount, card, reason and the session. */
async function expectBanner(page: Page, { time }: Booked): Promise<void> {
  const banner = page.locator('#payment-failed');
  for (const fact of ['$60.00', 'Visa 0341', 'the card was declined', 'Stripe tries again on', `${time} is cancelled.`]) {
    await expect(banner).toContainText(fact, { timeout: SOON_MS });
  }
  await expect(page.locator('#standing')).toHaveAttribute('data-verdict', 'hold');
  await expect(page.locator('#cancelled-session')).toContainText('cancelled');
  await expect(page.locator('#next-session')).toBeHidden();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
}

async function expectHealed(page: Page): Promise<void> {
  await expect(page.locator('#standing')).toHaveAttribute('data-verdict', 'on');
  await expect(page.locator('#subscription-status')).toHaveText('active');
  await expect(page.locator('#payment-failed')).toBeHidden();
}

let stories = 0;

/** The day after tomorrow, each story an hour later: in UTC, and on a clock in Tokyo. */
function nextHour(): { utc: string; time: string } {
  stories += 1;
  const day = new Date(Date.now() + TWO_DAYS_MS).toISOString().slice(0, 10);
  return { utc: `${day}T0${3 + stories}:00Z`, time: `${stories}:00 PM GMT+9` };
}
