/** An account in a sandbox of its own, the line to it, and machines on which devchat provisions it. */
import { expect } from 'vitest';
import type Stripe from 'stripe';
import { saveSettings, secretName } from '../../core/settings.ts';
import { createStripe } from '../../core/stripe.ts';
import { startSandbox } from '../../sandbox/main.ts';
import type { Fault } from '../../sandbox/wire/faults.ts';
import { openLine, type Line } from '../support/stripe-line.ts';
import { wrongsIn } from './provision-judge.ts';
import { machinesAt, type Machines } from './provision-machines.ts';
import { tried } from './tried.ts';

export interface Scene extends Omit<Machines, 'remove'> {
  /** Straight to the account. */
  stripe: Stripe;
  line: Line;
  /** Saves the signing secret of an endpoint, as the run that made it would have. */
  saveSecret(endpoint: Stripe.WebhookEndpoint): Promise<void>;
  /** Has the sandbox fail at a call. */
  fault(fault: Partial<Fault>): Promise<void>;
  /** It fails no more. */
  calm(): Promise<void>;
  /** What is otherwise than provisioning must leave it, as one machine sees it. */
  wrongs(machine?: string): Promise<string[]>;
  /** Ends it all. No process may have shown a secret. */
  close(): Promise<void>;
}

/** The account holds nothing. */
export async function openScene(): Promise<Scene> {
  const sandbox = await startSandbox({ port: 0, defaultPortal: false });
  const line = await openLine(sandbox.url);
  const stripe = createStripe({ stripeSecretKey: 'sk_test_of_the_test', stripeApiBase: sandbox.url }, {});
  const { remove, ...machines } = machinesAt(line.url);
  return {
    ...machines,
    stripe,
    line,
    saveSecret: ({ id, secret = '' }) => saveSettings(machines.configDir(), ({ webhookSecrets }) => ({ webhookSecrets: { ...webhookSecrets, [secretName(id, line.url)]: secret } })),
    fault: (fault) => faults(sandbox.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) }),
    calm: () => faults(sandbox.url, { method: 'DELETE' }),
    wrongs: (machine) => wrongsIn({ stripe, configDir: machines.configDir(machine), apiBase: line.url }),
    close: async () => {
      await line.close();
      await sandbox.close();
      remove();
      expect(machines.secretsShown().join(', '), 'secrets that were shown').toBe('');
      tried('I5', { cases: machines.many() });
    },
  };
}

/** Opens a scene for some work, and closes it. */
export async function inScene<T>(work: (scene: Scene) => Promise<T>): Promise<T> {
  const scene = await openScene();
  try {
    return await work(scene);
  } finally {
    await scene.close();
  }
}

async function faults(url: string, request: RequestInit): Promise<void> {
  expect((await fetch(`${url}/_sandbox/faults`, request)).status).toBe(200);
}
