/** How subscriptions end: at a day that was set (R10), at once by the owner, and what the customer says afterwards (R09). */
import { describe, expect, vi } from 'vitest';
import { NOWHERE } from '../../support/daemon.ts';
import { DAY, HOUR } from '../../support/stripe-objects.ts';
import { STORY_LIMIT_MS, test, type Business } from './business.ts';
import { standInForStripe } from './house.ts';

vi.setConfig({ testTimeout: STORY_LIMIT_MS });

const EMAIL = 'ada@example.com';
const LIVE = { STRIPE_SECRET_KEY: 'sk_live_by_accident' };

async function subscriber(business: Business): Promise<{ id: string; customer: string; periodEnd: string }> {
  const customer = await business.signUp(EMAIL);
  const { id, items } = await business.stripe.stripe.subscriptions.create({ customer, items: [{ price: business.price }] });
  await business.printed(['subscriptions', 'show', EMAIL], /^next session +on: subscribed/m);
  const periodEnd = new Date((items.data[0]?.current_period_end ?? 0) * 1000).toISOString();
  return { id, customer, periodEnd };
}

/** Leaves as a customer does, on the portal's pages. */
async function leave({ stripe }: Business, { id, customer }: { id: string; customer: string }, mode: 'at_period_end' | 'immediately'): Promise<void> {
  const cancellation_reason = { enabled: true, options: ['too_expensive' as const, 'other' as const] };
  const { id: configuration } = await stripe.stripe.billingPortal.configurations.create({ features: { subscription_cancel: { enabled: true, mode, cancellation_reason } } });
  const { url } = await stripe.stripe.billingPortal.sessions.create({ customer, configuration });
  await fetch(url);
  await post(`${url}/subscriptions/${id}/cancel`, {});
  await post(`${url}/subscriptions/${id}/cancel/reason`, { feedback: 'too_expensive', comment: 'I moved to a cave' });
}

async function post(url: string, fields: Record<string, string>): Promise<void> {
  const { status } = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  expect(status).toBe(303);
}

describe('an end that was set for later (R10)', () => {
  test.for(['flexible', 'classic'] as const)('in %s billing: shown with its day until then, and canceled then', async (billing_mode, { business }) => {
    await business.control('switches', { billing_mode });
    const { id, customer, periodEnd } = await subscriber(business);
    await leave(business, { id, customer }, 'at_period_end');
    const shown = await business.stripe.stripe.subscriptions.retrieve(id);
    expect(shown.cancel_at_period_end).toBe(billing_mode === 'classic');

    const minute = periodEnd.slice(0, 16).replace('T', ' ');
    const detail = await business.printed(['subscriptions', 'show', EMAIL], /I moved to a cave/);
    expect(detail).toMatch(/^next session +on: subscribed, ends on \d+ \w+ \d{4}$/m);
    expect(detail).toMatch(new RegExp(`^ends +${minute} UTC$`, 'm'));
    expect(detail).toMatch(/^why +cancelled on request, too expensive: "I moved to a cave"$/m);
    expect((await business.run(['subscriptions', 'show', EMAIL])).stderr).toBe(`Next: devchat subscriptions end ${id} ends it now.\n`);
    expect((await business.run(['subscriptions', 'list'])).stdout).toContain(`ends ${minute}`);
    expect((await business.run(['subscriptions', 'list', '--at-risk'])).stdout).toMatch(/the subscription is set to end on \d+ \w+ \d{4} \(too expensive: "I moved to a cave"\)$/m);

    await business.stripe.advance((Date.parse(periodEnd) - shown.created * 1000) / 1000 + HOUR);
    const ended = await business.printed(['subscriptions', 'show', EMAIL], /^status +canceled$/m);
    expect(ended).toMatch(new RegExp(`^ended +${periodEnd.slice(0, 10)}`, 'm'));
    expect(ended).toMatch(/^why +cancelled on request, too expensive: "I moved to a cave"$/m);
    expect((await business.run(['subscriptions', 'list', '--at-risk'])).stdout).toBe('');
  });

  test('is ended now', async ({ business }) => {
    const { id } = await subscriber(business);
    await business.stripe.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    await business.printed(['subscriptions', 'list'], / ends \d{4}/);
    expect((await business.run(['subscriptions', 'end', id])).stdout).toContain('ended on ');
    expect(await business.stripe.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' });
    expect((await business.run(['subscriptions', 'list'])).stdout).toMatch(/ ended \d{4}/);
  });
});

test('what the customer says after leaving is kept, and revives nothing (R09)', async ({ business }) => {
  const found = await subscriber(business);
  await leave(business, found, 'immediately');
  const detail = await business.printed(['subscriptions', 'show', EMAIL], /I moved to a cave/);
  expect(detail).toMatch(/^status +canceled$/m);
  expect(detail).toMatch(/^why +cancelled on request, too expensive: "I moved to a cave"$/m);
  expect(JSON.parse((await business.run(['subscriptions', 'show', EMAIL, '--json'])).stdout)).toMatchObject({
    subscription: { status: 'canceled', endsAt: null, cancellation: { reason: 'cancellation_requested', feedback: 'too_expensive', comment: 'I moved to a cave' }, card: { name: 'Visa 4242' } },
  });
});

describe('devchat subscriptions end', () => {
  test('ends it at Stripe and at once in the cache, without waiting for the event; booked sessions are cancelled', async ({ business }) => {
    const { id, customer } = await subscriber(business);
    const startsAt = (await business.daemon.cache.subscription(id))!.subscription.snapshot.created + 5 * DAY;
    const session = await business.daemon.cache.bookSession({ customer, startsAt }, Date.now());
    const [endpoint] = (await business.stripe.stripe.webhookEndpoints.list()).data;
    await business.stripe.stripe.webhookEndpoints.del(endpoint?.id ?? '');

    const { code, stdout, stderr } = await business.run(['subscriptions', 'end', id]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^${id} of ${EMAIL} ended on \\d+ \\w+ \\d{4}, without proration and without a final invoice\\.\nThe session of .* \\(${session.id}\\) is cancelled\\.\n$`));
    expect(await business.stripe.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' });
    expect((await business.stripe.stripe.invoices.list({ customer })).data).toHaveLength(1);
    expect(await business.daemon.cache.subscription(id)).toMatchObject({ subscription: { status: 'canceled' } });
    expect((await business.daemon.cache.session(session.id))?.session).toMatchObject({ state: 'cancelled', reason: expect.stringMatching(/^the subscription ended on /) as string });
  });

  test('again: nothing to do', async ({ business }) => {
    const { id } = await subscriber(business);
    expect((await business.run(['subscriptions', 'end', id])).stdout).toContain('No session was booked.');
    const again = await business.run(['subscriptions', 'end', id]);
    expect(again).toEqual({ code: 0, stdout: expect.stringMatching(new RegExp(`^Nothing to do: ${id} of ${EMAIL} ended already on \\d+ \\w+ \\d{4}\\.\n$`)) as string, stderr: '' });
  });

  test('--json', async ({ business }) => {
    const { id } = await subscriber(business);
    const { stdout } = await business.run(['subscriptions', 'end', id, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, subscription: { id, email: EMAIL, status: 'canceled', standing: { verdict: 'off' } } });
  });

  test('one that only Stripe knows', async ({ business, home }) => {
    const { id } = await subscriber(business);
    const { code, stdout } = await business.run(['subscriptions', 'end', id, '--cache', `${home.folder}/another.sqlite`]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(`${id} of cus_`) as string });
    expect(await business.stripe.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' });
  });

  test('one that nobody knows: 1', async ({ business }) => {
    expect(await business.run(['subscriptions', 'end', 'sub_nobody'])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining("No such subscription: 'sub_nobody'") as string });
  });

  test('by another name than its own id: 2, and the id is told', async ({ business }) => {
    const { id } = await subscriber(business);
    const { code, stderr } = await business.run(['subscriptions', 'end', EMAIL]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `error ${EMAIL} is no subscription: what is ended is named by its own id\n      their subscription is ${id}\n` });
    expect((await business.run(['subscriptions', 'end', 'nobody@example.com'])).stderr).toContain('devchat subscriptions list --json tells the ids');
    expect(await business.stripe.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
  });

  test('whose answer is lost: that it ended is said all the same', async ({ business }) => {
    const { id } = await subscriber(business);
    await business.control('faults', { on: 'DELETE /v1/subscriptions/*', answer: 'cut' });
    expect((await business.run(['subscriptions', 'end', id])).stdout).toContain(`${id} of ${EMAIL} ended on`);
  });

  test('--live asks for the account, and --yes does not', async ({ business }) => {
    const { id } = await subscriber(business);
    expect(await business.run(['subscriptions', 'end', id, '--live'])).toMatchObject({ code: 2, stderr: 'error this changes a live account, and there is no terminal to ask at\n      say --yes\n' });
    expect(await business.stripe.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
    expect(await business.run(['subscriptions', 'end', id, '--live', '--yes'])).toMatchObject({ code: 0 });
  });
});

test('Stripe is not reached: 5, and the cache stays as it was', async ({ business, home }) => {
  const { id } = await subscriber(business);
  const env = { STRIPE_API_BASE: NOWHERE, STRIPE_SECRET_KEY: 'sk_test_command_line', DEVCHAT_CACHE: business.daemon.file.path };
  expect(await home.run(['subscriptions', 'end', id], env)).toMatchObject({ code: 5, stdout: '' });
  expect(await business.daemon.cache.subscription(id)).toMatchObject({ subscription: { status: 'active' } });
});

test('a live key without --live is refused, and nobody is asked', async ({ home }) => {
  const stripe = await standInForStripe((_, response) => response.end('{}'));
  const { code, stderr } = await home.run(['subscriptions', 'end', 'sub_1'], { ...LIVE, STRIPE_API_BASE: stripe.url });
  await stripe.close();
  expect({ code, stderr, requests: stripe.requests }).toMatchObject({ code: 4, stderr: expect.stringContaining('live mode was not asked for') as string, requests: [] });
});
