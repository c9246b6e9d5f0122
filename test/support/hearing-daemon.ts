/** A daemon that hears a sandbox through an endpoint of its own, and somebody who has just signed up there. */
import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import supertest from 'supertest';
import { saveSettings, secretName } from '../../core/settings.ts';
import { openDaemon, type DaemonUnderTest, type StripeUnderTest } from './daemon.ts';

export interface HearingDaemon {
  daemon: DaemonUnderTest;
  endpoint: Stripe.WebhookEndpoint;
  customer: string;
  /** Of the customer's sign-in. */
  cookie: string;
}

export async function openHearingDaemon({ stripe, url }: StripeUnderTest): Promise<HearingDaemon> {
  const daemon = await openDaemon({ stripeApiBase: url, webhookSecrets: undefined });
  const endpoint = await stripe.webhookEndpoints.create({ url: `${daemon.url}/webhook`, enabled_events: ['*'] });
  await saveSettings(daemon.configDir, { webhookSecrets: { [secretName(endpoint.id, url)]: endpoint.secret ?? '' } });
  const answer = await supertest(daemon.url).post('/users').send({ email: `${randomUUID()}@example.com`, password: 'correct horse' });
  const cookie = (answer.headers['set-cookie'] as unknown as string[])[0] ?? '';
  return { daemon, endpoint, customer: (answer.body as { id: string }).id, cookie };
}

export async function closeHearingDaemon({ daemon, endpoint }: Pick<HearingDaemon, 'daemon' | 'endpoint'>, { stripe }: StripeUnderTest): Promise<void> {
  await stripe.webhookEndpoints.del(endpoint.id);
  await daemon.close();
}
