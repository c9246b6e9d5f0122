/** devchat.config.json as people meet it: a bad one costs nothing, a good one is shown and made. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createStripe } from '../../../core/stripe.ts';
import { ROOT, writeFiles } from '../../support/folders.ts';
import { CHALLENGE_ID, KEY, standInForStripe, test } from './house.ts';

const [EXAMPLE = '', SWITCHING = ''] = [...readFileSync(join(ROOT, 'docs', 'provisioning.md'), 'utf8').matchAll(/^```json\n(.*?)^```$/gms)].map(([, block = '']) => block);

const BAD = `{
  "portal": {
    "bussiness_profile": {},
    "features": {
      "subscription_cancel": { "mode": "at_period_end", "proration_behavior": "create_prorations" }
    }
  }
}
`;
const REFUSAL = [
  'error devchat.config.json:3 portal.bussiness_profile is unknown',
  '      did you mean business_profile?',
  'error devchat.config.json:5 portal.features.subscription_cancel.proration_behavior is create_prorations, which goes only with mode immediately',
  '      set mode to immediately, or proration_behavior to none',
  '',
].join('\n');

describe('a bad file', () => {
  test.for<[string, number]>([
    ['provision', 2],
    ['provision --diff', 2],
    ['provision --diff --detailed-exitcode', 1],
    ['provision webhook', 2],
    ['up --port 0 --sandbox-port 0', 2],
  ])('%s: is told, before anything is asked of Stripe or saved', async ([words, code], { home }) => {
    writeFiles(home.folder, { 'devchat.config.json': BAD });
    const stripe = await standInForStripe((_, answer) => answer.end());
    const env: Record<string, string> = words.startsWith('up') ? {} : { STRIPE_API_BASE: stripe.url, STRIPE_SECRET_KEY: KEY, CHALLENGE_ID };
    const finished = await home.run(words.split(' '), env).finally(() => stripe.close());
    expect(finished).toMatchObject({ code, stdout: '', stderr: REFUSAL });
    expect(stripe.requests).toEqual([]);
    expect([home.settingsFile, home.cacheFile].filter(existsSync)).toEqual([]);
  });

  test('--json: the same for programs', async ({ home, env }) => {
    writeFiles(home.folder, { 'devchat.config.json': BAD });
    const { stderr } = await home.run(['provision', '--json'], env);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'usage', problems: [{ line: 3, hint: 'did you mean business_profile?' }, { line: 5 }] } });
  });

  test('does not trouble a command that provisions nothing', async ({ home }) => {
    writeFiles(home.folder, { 'devchat.config.json': BAD });
    expect(await home.run(['subscriptions', 'list'])).toMatchObject({ code: 0 });
  });
});

describe('the example of docs/provisioning.md', () => {
  test('is shown in 80 columns, made, and then there is nothing to do', async ({ home, env }) => {
    writeFiles(home.folder, { 'devchat.config.json': EXAMPLE });
    const diff = await home.run(['provision', '--diff'], env);
    expect(diff).toMatchObject({ code: 0, stderr: expect.stringContaining('Next:') as string });
    expect(diff.stdout).toContain('  + features.customer_update.allowed_updates  [email, address, tax_id]\n');
    expect(diff.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(await home.run(['provision'], env)).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n5 created\.\n$/) as string });
    expect(await home.run(['provision', '--diff', '--detailed-exitcode'], env)).toMatchObject({ code: 0, stdout: 'Nothing to do: product, price, portal configuration and webhook endpoint match.\n' });
  });

  test('goes on with what customers can switch to', async ({ home, env, sandbox }) => {
    writeFiles(home.folder, { 'devchat.config.json': EXAMPLE });
    await home.run(['provision', 'catalog'], env);
    const stripe = createStripe({ stripeSecretKey: KEY, stripeApiBase: sandbox.url }, { live: false });
    const [products, prices] = await Promise.all([stripe.products.list(), stripe.prices.list()]);
    const ids = [...products.data, ...prices.data].map(({ id }) => id);
    writeFiles(home.folder, { 'devchat.config.json': SWITCHING.replaceAll(/(prod|price)_…/g, () => ids.shift() ?? '') });
    expect(await home.run(['provision', 'portal'], env)).toMatchObject({ code: 0, stdout: expect.stringContaining('features.subscription_update.products') as string });
    expect(await home.run(['provision', 'portal', '--diff', '--detailed-exitcode'], env)).toMatchObject({ code: 0 });
  });

  test('up with the sandbox makes it, and hears of events itself', async ({ home }) => {
    writeFiles(home.folder, { 'devchat.config.json': EXAMPLE });
    const up = home.start(['up', '--port', '0', '--sandbox-port', '0']);
    const [, dashboard] = await up.printed(/dashboard +(http:\S+)/);
    const { stripeApiBase, stripeSecretKey } = home.settings();
    const stripe = createStripe({ stripeSecretKey: stripeSecretKey ?? '', stripeApiBase }, { live: false });
    const [endpoints, prices] = await Promise.all([stripe.webhookEndpoints.list(), stripe.prices.list()]);
    expect(endpoints.data).toMatchObject([{ url: `${dashboard}/webhook`, description: 'devchat' }]);
    expect(prices.data).toHaveLength(2);
  });
});
