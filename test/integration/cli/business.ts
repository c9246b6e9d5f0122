/** A business for stories of the command line: a sandbox with its clock, a daemon that hears it, subscribers, and devchat as a process beside it. */
import supertest from 'supertest';
import { saveSettings, secretName } from '../../../core/settings.ts';
import { KEY, openDaemon, openStripe, provision, type DaemonUnderTest, type StripeUnderTest } from '../../support/daemon.ts';
import type { Finished } from '../../support/processes.ts';
import { waitFor } from '../../support/wait-for.ts';
import { test as base, type Home } from './house.ts';

/** Each look is a process. */
const PRINTED_LIMIT_MS = 30_000;
export const STORY_LIMIT_MS = 90_000;

export interface Business {
  stripe: StripeUnderTest;
  daemon: DaemonUnderTest;
  price: string;
  /** Runs `devchat <args>` on the daemon's cache to its end. */
  run(args: string[]): Promise<Finished>;
  /** Signs somebody up, with a card that pays unless `card` is null; returns the customer's id. */
  signUp(email: string, card?: string | null): Promise<string>;
  /** Turns the sandbox's switches, or sets a fault: `/_sandbox/<path>`. */
  control(path: string, body: object): Promise<void>;
  /** Runs `devchat <args>` until its standard output fits; returns that. */
  printed(args: string[], fits: RegExp): Promise<string>;
}

/** `test` with a business of its own, which ends with the story. */
export const test = base.extend<{ business: Business }>({
  business: async ({ home }, use) => {
    const stripe = await openStripe();
    const { price } = await provision(stripe.stripe);
    const daemon = await openDaemon({ stripeApiBase: stripe.url, webhookSecrets: undefined });
    const endpoint = await stripe.stripe.webhookEndpoints.create({ url: `${daemon.url}/webhook`, enabled_events: ['*'] });
    await saveSettings(daemon.configDir, { webhookSecrets: { [secretName(endpoint.id, stripe.url)]: endpoint.secret ?? '' } });
    await use(businessOf(stripe, daemon, price, home));
    await daemon.close();
    await stripe.close();
  },
});

function businessOf(stripe: StripeUnderTest, daemon: DaemonUnderTest, price: string, home: Home): Business {
  const env = { STRIPE_API_BASE: stripe.url, STRIPE_SECRET_KEY: KEY, DEVCHAT_CACHE: daemon.file.path, DEVCHAT_TIME_ZONE: 'UTC' };
  const run = (args: string[]) => home.run(args, env);
  return {
    stripe,
    daemon,
    price,
    run,
    signUp: async (email, card = 'pm_card_visa') => {
      const answer = await supertest(daemon.url).post('/users').send({ email, password: 'correct horse' });
      const customer = (answer.body as { id: string }).id;
      if (card !== null) await giveCard(stripe, customer, card);
      return customer;
    },
    control: async (path, body) => {
      const answer = await fetch(`${stripe.url}/_sandbox/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
    },
    printed: (args, fits) =>
      waitFor(`devchat ${args.join(' ')} with ${fits.source}`, async () => {
        const { stdout, stderr } = await run(args);
        if (!fits.test(stdout)) throw new Error(stdout + stderr);
        return stdout;
      }, PRINTED_LIMIT_MS),
  };
}

/** The card pays whatever names no other; returns its id. */
export async function giveCard({ stripe }: StripeUnderTest, customer: string, card: string): Promise<string> {
  const { id } = await stripe.paymentMethods.attach(card, { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
  return id;
}
