/** Provisioning that is cut off, or done by several at once, leaves exactly one of each; quickly, and without processes. The whole story is in test/faults. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planProvision, provision, type ProvisionOptions } from '../../cli/provision/provision.ts';
import { openLine, type Manner } from '../support/stripe-line.ts';
import { clientFor, openAccount, type Account } from './provision-account.ts';

const EVERYTHING: Partial<ProvisionOptions> = { parts: ['portal', 'catalog', 'webhook'], baseUrl: 'http://127.0.0.1:4242' };
const EIGHT = Array.from({ length: 8 }, (_, index) => index);
const WRITES = [1, 2, 3, 4];

/** Provisions on a line of this manner. */
async function provisionOn({ url, options }: Account, manner: Manner, more?: Partial<ProvisionOptions>): Promise<unknown> {
  const line = await openLine(url, manner);
  return provision(options({ ...EVERYTHING, stripe: clientFor(line.url), ...more })).finally(() => line.close());
}

/** The line goes dead before this write reaches Stripe, or before its answer comes back. */
function deadFrom(write: number, when: 'before' | 'after'): Manner {
  let left = write;
  const cut = ({ isWrite }: { isWrite: boolean }) => {
    if (isWrite) left -= 1;
    return left <= 0 ? 'lost' : undefined;
  };
  return { [when]: cut };
}

async function expectOneOfEach({ stripe, secrets, options }: Account): Promise<void> {
  const [products, prices, portals, endpoints] = await Promise.all([stripe.products.list({ active: true }), stripe.prices.list({ active: true }), stripe.billingPortal.configurations.list({ active: true }), stripe.webhookEndpoints.list()]);
  expect([products, prices, portals, endpoints].map(({ data }) => data.length)).toEqual([1, 1, 1, 1]);
  expect([...secrets.keys()]).toContain(endpoints.data[0]?.id);
  expect((await planProvision(options(EVERYTHING))).changes).toEqual([]);
}

/** An account of its own for each, all at once: a dead line takes a second to be given up. */
async function inAccounts<T>(items: readonly T[], story: (account: Account, item: T) => Promise<void>): Promise<void> {
  await Promise.all(
    items.map(async (item) => {
      const account = await openAccount();
      await story(account, item).finally(() => account.close());
    }),
  );
}

describe.each(['before', 'after'] as const)('a run that is cut off %s Stripe did', (when) => {
  it('any of its writes is finished by the next', async () => {
    await inAccounts(WRITES, async (account, write) => {
      await expect(provisionOn(account, deadFrom(write, when))).rejects.toMatchObject({ kind: 'unreachable' });
      await provision(account.options(EVERYTHING));
      await expectOneOfEach(account);
    });
  });
});

describe('eight runs at the same moment', () => {
  let account: Account;

  beforeEach(async () => {
    account = await openAccount();
  });

  afterEach(() => account.close());

  const runAll = (manner: (run: number) => Manner = () => ({})) => Promise.all(EIGHT.map((run) => provisionOn(account, manner(run))));

  it('make one of each, and all of them succeed', async () => {
    await runAll();
    expect((await account.stripe.products.list()).data).toHaveLength(1);
    await expectOneOfEach(account);
  });

  it('make one of each where Stripe repeats answers that do not fit any more', async () => {
    const { ids } = await provision(account.options(EVERYTHING));
    await account.stripe.prices.update(ids.price ?? '', { active: false, lookup_key: '', metadata: { challenge_id: '' } });
    await account.stripe.products.update(ids.product ?? '', { active: false, metadata: { challenge_id: '' } });
    await account.stripe.webhookEndpoints.del(ids.webhook_endpoint ?? '');
    account.secrets.clear();
    await runAll();
    expect((await account.stripe.products.list()).data).toHaveLength(2);
    await expectOneOfEach(account);
  });

  it('leave one of each where their idempotency keys are of no help', async () => {
    await runAll((run) => ({ idempotencyKey: (key) => `${key}-${run}` }));
    await expectOneOfEach(account);
  });
});

describe('a failure that Stripe repeats for a day', () => {
  it('does not keep the next run from succeeding', async () => {
    const account = await openAccount();
    const notWorthATry: Manner = {
      answered: ({ status, headers }) => {
        if (status === 500) headers['stripe-should-retry'] = 'false';
      },
    };
    await fetch(`${account.url}/_sandbox/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ on: 'POST /v1/prices', answer: '500' }) });
    await expect(provisionOn(account, notWorthATry)).rejects.toMatchObject({ kind: 'unreachable' });
    await provision(account.options(EVERYTHING));
    await expectOneOfEach(account);
    await account.close();
  });
});
