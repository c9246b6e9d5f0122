/** `devchat up`, as a new machine, a second terminal and a second try see it. */
import { existsSync } from 'node:fs';
import Stripe from 'stripe';
import { describe, expect } from 'vitest';
import { INSTALL_COMMAND } from '../../../cli/stripe-cli/program.ts';
import { findStripeCli } from '../../support/stripe-cli.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Running } from '../../support/processes.ts';
import { KEY, test, type Home } from './house.ts';
import { stripeClisTowards } from './stripe-cli-children.ts';

const STORY_LIMIT_MS = 60_000;
const LEFT_OVER_SECRET = { STRIPE_WEBHOOK_SECRET: 'whsec_left_over' };
const ANY_PORTS = ['up', '--port', '0', '--sandbox-port', '0'];

/** Waits for the whole welcome; resolves with the addresses in it. */
async function addressesOf(up: Running): Promise<{ dashboard: string; sandbox: string }> {
  await up.printed(/Ctrl-C stops everything/);
  const [, dashboard = ''] = /dashboard +(http:\/\/127\.0\.0\.1:\d+)/.exec(up.output()) ?? [];
  const [, sandbox = ''] = /sandbox at (http:\/\/127\.0\.0\.1:\d+)/.exec(up.output()) ?? [];
  return { dashboard, sandbox };
}

/** Somebody subscribes in the sandbox, and the daemon hears of it; resolves with the subscription. */
async function hears(home: Home): Promise<string> {
  const { stripeApiBase = '', stripeSecretKey = '' } = home.settings();
  const { hostname: host, port } = new URL(stripeApiBase);
  const stripe = new Stripe(stripeSecretKey, { host, port, protocol: 'http' });
  const [price] = (await stripe.prices.list()).data;
  const customer = await stripe.customers.create({ payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } });
  const { id } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price?.id ?? '' }] });
  await waitFor('the subscription in the cache', () => home.withCache((cache) => cache.subscription(id)));
  return id;
}

describe('up', { timeout: STORY_LIMIT_MS }, () => {
  test('starts all on a machine that has nothing, and a second terminal finds it', async ({ home }) => {
    const up = home.start(ANY_PORTS);
    const { dashboard, sandbox } = await addressesOf(up);
    expect(up.output().split('\n').filter((line) => line.length > 80 && !line.startsWith('{'))).toEqual([]); // the log is JSON
    expect(up.output()).toContain('4000 0000 0000 0341');
    const subscription = await hears(home);
    expect((await home.run(['subscriptions', 'list'])).stdout).toContain(subscription);

    const status = await home.run(['status', '--json'], { PORT: new URL(dashboard).port });
    expect(JSON.parse(status.stdout)).toMatchObject({
      stripe: { api: sandbox, mode: 'test', challengeId: 'devchat-local', portal: { active: true }, error: null },
      daemon: { url: dashboard, running: true },
      cache: { subscriptions: 1 },
    });
    expect(await home.run(['provision', '--diff', '--detailed-exitcode'])).toMatchObject({ code: 0 });
    expect(await home.run(['sandbox', 'advance', '3d'])).toMatchObject({ code: 0, stderr: expect.stringMatching(/^It is \d{4}-\d\d-\d\d \d\d:\d\d UTC in the sandbox now\.\n$/) as string });

    const { code, stdout } = await up.stop();
    expect(code).toBe(0);
    expect(stdout).toContain(dashboard);
    expect(await home.run(['status'])).toMatchObject({ code: 5 });
    expect(await home.run(['provision', '--diff'], { STRIPE_SECRET_KEY: KEY }), 'the sandbox’s challenge id is none for an own key').toMatchObject({ code: 3, stderr: expect.stringContaining('no challenge id is set') as string });
  });

  test.for<[string, string[]]>([['', []], [' --stripe-cli', ['--stripe-cli']]])('--host 0.0.0.0%s: people, events and status reach it', async ([, more], { home, skip }) => {
    skip(more.length > 0 && findStripeCli() === undefined);
    const { dashboard } = await addressesOf(home.start([...ANY_PORTS, '--host', '0.0.0.0', ...more]));
    await hears(home);
    const { stdout } = await home.run(['status', '--json'], { HOST: '0.0.0.0', PORT: new URL(dashboard).port });
    expect(JSON.parse(stdout)).toMatchObject({ daemon: { url: dashboard, running: true } });
  });

  test('a second one beside it gives way, and harms nothing', async ({ home }) => {
    const { sandbox } = await addressesOf(home.start(ANY_PORTS));
    const before = home.settings();
    const { code, stderr } = await home.run(['up', '--port', '0', '--sandbox-port', new URL(sandbox).port]);
    expect(code).toBe(1);
    expect(stderr).toContain('is taken, perhaps by another sandbox');
    expect(home.settings()).toEqual(before);
    await hears(home);
  });

  test('goes on after a kill, with what the sandbox held', async ({ home }) => {
    const killed = home.start(ANY_PORTS);
    const { sandbox } = await addressesOf(killed);
    const portal = async () => (JSON.parse((await home.run(['status', '--json'])).stdout) as { stripe: { portal: { id: string } } }).stripe.portal.id;
    const before = await portal();
    await killed.kill();

    await addressesOf(home.start(['up', '--port', '0', '--sandbox-port', new URL(sandbox).port]));
    expect(await portal()).toBe(before);
    await hears(home);
  });

  test('with a signing secret left in the environment: it says that the daemon is deaf', async ({ home }) => {
    const up = home.start(ANY_PORTS, LEFT_OVER_SECRET);
    await addressesOf(up);
    expect(up.output()).toContain('warning STRIPE_WEBHOOK_SECRET is set; a daemon that has it ignores the secret of the sandbox\n        unset it, unless it holds that secret\n');
  });

  test('with --stripe-cli and no such program: nothing is left behind', async ({ home }) => {
    const { code, stderr } = await home.withoutStripeCli().run([...ANY_PORTS, '--stripe-cli'], { PATH: '/nowhere' });
    expect(code).toBe(3);
    expect(stderr).toContain(`run: ${INSTALL_COMMAND}`);
    expect(existsSync(home.settingsFile)).toBe(false);
  });

  test('with an own key and no Stripe CLI: it warns, and goes on', async ({ home, env }) => {
    const up = home.withoutStripeCli().start(['up', '--port', '0'], { ...env, PATH: '/nowhere' });
    const { dashboard } = await addressesOf(up);
    expect(up.output()).toContain(`warning the official Stripe CLI is not installed, so Stripe’s events do not reach this daemon\n        run: ${INSTALL_COMMAND}`);
    expect((await fetch(`${dashboard}/healthz`)).status).toBe(200);
    expect(existsSync(home.settingsFile), 'own settings are nobody’s to overwrite').toBe(false);
  });
});

describe.skipIf(findStripeCli() === undefined)('up through the official Stripe CLI', { timeout: STORY_LIMIT_MS }, () => {
  test('--stripe-cli with the sandbox', async ({ home }) => {
    const up = home.start([...ANY_PORTS, '--stripe-cli']);
    const { dashboard } = await addressesOf(up);
    const { host } = new URL(dashboard);
    expect(stripeClisTowards(host)).toHaveLength(1);
    await hears(home);

    for (const { pid } of stripeClisTowards(host)) process.kill(pid, 'SIGKILL');
    await up.printed(/warning the Stripe CLI ended \(SIGKILL\): Stripe’s events no longer reach this daemon\n {8}run: devchat listen/);
    expect((await fetch(`${dashboard}/healthz`)).status, 'the dashboard goes on').toBe(200);
    expect(await up.stop()).toMatchObject({ code: 0 });
  });

  test('with a signing secret left in the environment: it says so, too', async ({ home }) => {
    const up = home.start([...ANY_PORTS, '--stripe-cli'], LEFT_OVER_SECRET);
    await addressesOf(up);
    expect(up.output()).toContain('warning STRIPE_WEBHOOK_SECRET is set; a daemon that has it ignores the secret of the Stripe CLI\n');
  });

  test('an own key at the address in STRIPE_API_BASE, and no child is left behind', async ({ home, env, sandbox }) => {
    const up = home.start(['up', '--port', '0'], env);
    const { dashboard } = await addressesOf(up);
    const { host } = new URL(dashboard);
    expect(up.output()).toContain('Stripe itself, with your key');
    const [cli] = stripeClisTowards(host);
    expect(cli?.commandLine).toContain(`--api-base ${sandbox.url}`);
    expect(cli?.commandLine).not.toContain(env.STRIPE_SECRET_KEY);
    expect(await up.stop()).toMatchObject({ code: 0 });
    await waitFor('no Stripe CLI', () => stripeClisTowards(host).length === 0);
  });
});
