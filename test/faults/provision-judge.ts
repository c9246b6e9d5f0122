/** What provisioning must leave behind: exactly one of each in use, the endpoint's secret saved, and nothing to do. */
import type Stripe from 'stripe';
import { PARTS } from '../../cli/provision/desired.ts';
import type { Change } from '../../cli/provision/plan.ts';
import { planProvision } from '../../cli/provision/provision.ts';
import { KINDS, type Kind } from '../../cli/provision/resources/resource.ts';
import { secretKeeper } from '../../cli/secret-keeper.ts';
import type { Config } from '../../core/config.ts';
import { CHALLENGE_KEY } from '../../core/provisioned.ts';
import type { Finished } from '../support/processes.ts';
import { BASE_URL, CHALLENGE } from './provision-machines.ts';

export interface Judged {
  /** Straight to the account. */
  stripe: Stripe;
  configDir: string;
  /** Where the processes found Stripe. */
  apiBase: string;
}

export interface Made {
  id: string;
  isInUse: boolean;
}

/** All that carries our challenge id, and every price in use, the newest first. */
export async function madeIn(stripe: Stripe): Promise<Record<Kind, Made[]>> {
  const everything = { limit: 100 };
  const [products, prices, portals, endpoints] = await Promise.all([
    stripe.products.list(everything),
    stripe.prices.list(everything),
    stripe.billingPortal.configurations.list(everything).autoPagingToArray({ limit: 1000 }),
    stripe.webhookEndpoints.list(everything),
  ]);
  const switched = ({ id, active }: { id: string; active: boolean }): Made => ({ id, isInUse: active });
  return {
    product: products.data.filter(isOurs).map(switched),
    price: prices.data.filter((price) => price.active || isOurs(price)).map(switched),
    portal_configuration: portals.filter(isOurs).map(switched),
    webhook_endpoint: endpoints.data.filter(isOurs).map(({ id, status }) => ({ id, isInUse: status === 'enabled' })),
  };
}

/** The ids of what is in use, the newest of each. */
export type InUse = Record<Kind, string>;

export async function inUse(stripe: Stripe): Promise<InUse> {
  const made = await madeIn(stripe);
  return Object.fromEntries(KINDS.map((kind) => [kind, made[kind].find(({ isInUse }) => isInUse)?.id ?? 'none'])) as InUse;
}

/** The processes that did not succeed, in words. */
export function failures(...finished: readonly Finished[]): string[] {
  return finished.filter(({ code }) => code !== 0).map(({ code, stderr }) => `ended with ${code}: ${stderr}`);
}

/** Each kind of which not exactly one was ever made, in use or not; in words. */
export async function notMadeOnce(stripe: Stripe): Promise<string[]> {
  return Object.entries(await madeIn(stripe)).flatMap(([kind, made]) => (made.length === 1 ? [] : [`${made.length} of ${kind} made`]));
}

function isOurs({ metadata }: { metadata: Stripe.Metadata | null }): boolean {
  return metadata?.[CHALLENGE_KEY] === CHALLENGE;
}

/** What is otherwise than it must be, in words. */
export async function wrongsIn({ stripe, configDir, apiBase }: Judged): Promise<string[]> {
  const made = await madeIn(stripe);
  const keeper = secretKeeper({ configDir, stripeApiBase: apiBase } as Config);
  const { changes } = await planProvision({ stripe, challengeId: CHALLENGE, parts: PARTS, baseUrl: BASE_URL, all: true, prune: true, ...keeper });
  return [
    ...KINDS.flatMap((kind) => notOne(kind, made[kind].filter(({ isInUse }) => isInUse))),
    ...made.webhook_endpoint.filter(({ id }) => !keeper.knowsSecret(id)).map(({ id }) => `the secret of ${id} is not saved`),
    ...changes.map(({ action, kind, id, fields }: Change) => `left to do: ${action} ${kind} ${id} (${fields.map(({ path }) => path).join(', ')})`),
  ];
}

function notOne(kind: Kind, inUse: readonly Made[]): string[] {
  return inUse.length === 1 ? [] : [`${inUse.length} of ${kind} in use: ${inUse.map(({ id }) => id).join(', ')}`];
}
