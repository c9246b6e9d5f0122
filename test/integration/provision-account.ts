/** An empty account in a sandbox of its own, and everything that provisioning it needs. */
import type Stripe from 'stripe';
import type { ProvisionOptions } from '../../cli/provision/provision.ts';
import { createStripe } from '../../core/stripe.ts';
import { startSandbox } from '../../sandbox/main.ts';

const CHALLENGE = 'devchat-test';
const KEY = 'sk_test_provisioning';

export interface Account {
  stripe: Stripe;
  /** Where its API is. */
  url: string;
  /** Every request since the start, as `POST /v1/products`. */
  requests: string[];
  /** The signing secrets that were saved, by endpoint. */
  secrets: Map<string, string>;
  /** Lets a minute pass, so that what is made next is younger. */
  waitAMinute(): Promise<void>;
  options(more?: Partial<ProvisionOptions>): ProvisionOptions;
  close(): Promise<void>;
}

/** The SDK's own events, which it leaves without types. */
interface RequestEmitter {
  on(event: 'request', listener: (request: { method: string; path: string }) => void): void;
}

export async function openAccount(): Promise<Account> {
  const sandbox = await startSandbox({ port: 0, defaultPortal: false });
  const requests: string[] = [];
  const secrets = new Map<string, string>();
  const stripe = clientFor(sandbox.url);
  (stripe as RequestEmitter).on('request', ({ method, path }) => void requests.push(`${method} ${path.split('?')[0]}`));
  const options: Account['options'] = (more) => ({
    stripe,
    challengeId: CHALLENGE,
    parts: ['portal', 'catalog'],
    knowsSecret: (id) => secrets.has(id),
    saveSecret: (id, secret) => void secrets.set(id, secret),
    forgetSecret: (id) => void secrets.delete(id),
    ...more,
  });
  return { stripe, url: sandbox.url, requests, secrets, waitAMinute: () => advance(sandbox.url, 60), options, close: () => sandbox.close() };
}

/** Another client of an account, or of what stands before it. */
export function clientFor(url: string): Stripe {
  return createStripe({ stripeSecretKey: KEY, stripeApiBase: url }, { live: false });
}

async function advance(url: string, seconds: number): Promise<void> {
  const answer = await fetch(`${url}/_sandbox/advance`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ seconds }) });
  if (!answer.ok) throw new Error(`the sandbox does not advance: ${answer.status} ${await answer.text()}`);
}
