/** Accounts in which provisioning has something to do, from the first to the last of its kinds of work. */
import { monthlyLookupKey } from '../../core/provisioned.ts';
import { BASE_URL, CHALLENGE } from './provision-machines.ts';
import type { Scene } from './provision-scene.ts';

const TAG = { challenge_id: CHALLENGE };
const MONTHLY = { currency: 'usd', recurring: { interval: 'month' } } as const;

export interface Story {
  args: readonly string[];
  /** What is there before. */
  prepare(scene: Scene): Promise<unknown>;
}

export const STORIES = {
  'an empty account': { args: ['provision'], prepare: () => Promise.resolve() },
  'a price to be replaced and a lost endpoint secret': {
    args: ['provision'],
    prepare: async ({ stripe }) => {
      const product = await stripe.products.create({ name: 'Old', metadata: TAG });
      const price = await stripe.prices.create({ ...MONTHLY, unit_amount: 5000, product: product.id, lookup_key: monthlyLookupKey(CHALLENGE), metadata: TAG });
      await stripe.products.update(product.id, { default_price: price.id });
      await stripe.webhookEndpoints.create({ url: `${BASE_URL}/webhook`, enabled_events: ['*'], metadata: TAG });
    },
  },
  'duplicates to be pruned': {
    args: ['provision', '--prune'],
    prepare: async (scene) => {
      for (let many = 0; many < 3; many += 1) await makeOfEach(scene, many);
    },
  },
} satisfies Record<string, Story>;

async function makeOfEach(scene: Scene, many: number): Promise<void> {
  const { stripe } = scene;
  const product = await stripe.products.create({ name: `Pair ${many}`, metadata: TAG });
  const price = await stripe.prices.create({ ...MONTHLY, unit_amount: 6000, product: product.id, metadata: TAG, ...(many === 1 ? { lookup_key: monthlyLookupKey(CHALLENGE) } : {}) });
  await stripe.products.update(product.id, { default_price: price.id });
  await stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } }, metadata: TAG });
  const endpoint = await stripe.webhookEndpoints.create({ url: `${BASE_URL}/webhook`, enabled_events: ['*'], metadata: TAG });
  if (many === 1) await scene.saveSecret(endpoint);
}
