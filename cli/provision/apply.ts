/** Carries a plan out, change by change. The only writer to Stripe in the command line; it decides nothing. */
import { createHash, randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { explainStripeError } from '../../core/stripe.ts';
import type { Change, Plan } from './plan.ts';
import { withReferences, type Created, type Ids, type Kind, type Settings } from './resources/resource.ts';
import { RESOURCES } from './resources/resources.ts';
import { leavesOf, satisfies, valueAt } from './settings.ts';

export interface Writer {
  stripe: Stripe;
  challengeId: string;
  /** Keeps the signing secret of a new webhook endpoint; Stripe shows it this once. */
  saveSecret: (endpointId: string, secret: string) => Promise<void> | void;
  /** Lets go of the signing secret of an endpoint that is gone. */
  forgetSecret: (endpointId: string) => Promise<void> | void;
}

/** What became of one change. `id` is the object's id, a new one where it was made. */
export interface Outcome {
  change: Change;
  state: 'done' | 'failed' | 'not-tried';
  id: string | null;
  /** Why it failed, in words. */
  error?: unknown;
}

/** Applies the changes in their order and stops at the first that fails; the outcomes tell which. Safe to run again. */
export async function apply(plan: Plan, writer: Writer): Promise<Outcome[]> {
  const ids = { ...plan.ids };
  const outcomes: Outcome[] = [];
  for (const change of plan.changes) {
    const failed = outcomes.some(({ state }) => state === 'failed');
    outcomes.push(failed ? { change, state: 'not-tried', id: change.id } : await attempt(change, ids, writer));
  }
  return outcomes;
}

async function attempt(change: Change, ids: Ids, writer: Writer): Promise<Outcome> {
  try {
    const id = await carryOut(change, ids, writer);
    if (change.action === 'create' || change.action === 'replace') ids[change.kind] = id;
    return { change, state: 'done', id };
  } catch (error) {
    return { change, state: 'failed', id: change.id, error: explainStripeError(error) };
  }
}

async function carryOut(change: Change, ids: Ids, writer: Writer): Promise<string> {
  const resource = RESOURCES[change.kind];
  if (change.id !== null && change.action !== 'replace') {
    await resource.update(writer.stripe, change.id, change.write);
    return change.id;
  }
  const created = await create(change, withReferences(change.write, resource.references, ids), writer);
  if (created.secret) await writer.saveSecret(created.id, created.secret);
  if (change.id !== null) await retire(change.id, change.kind, writer);
  return created.id;
}

async function retire(id: string, kind: Kind, { stripe, forgetSecret }: Writer): Promise<void> {
  await RESOURCES[kind].replacement?.retire(stripe, id);
  if (kind === 'webhook_endpoint') await forgetSecret(id);
}

/**
 * Creates under a key of our own, so that a second run, or a second process, gets the object of the first instead of another one.
 * Stripe repeats its old answer for a day, whatever became of the object since: then it is created again under a new key.
 * https://docs.stripe.com/api/idempotent_requests
 */
async function create(change: Change, settings: Settings, { stripe, challengeId }: Writer): Promise<Created> {
  const resource = RESOURCES[change.kind];
  const idempotencyKey = `devchat-${change.kind}-${digest([challengeId, change.key, settings])}`;
  const created = await resource.create(stripe, settings, { idempotencyKey });
  if (!isReplayed(created)) return created;
  if (created.id !== change.id && (await isStillSo(change, created.id, settings, stripe))) return created;
  return resource.create(stripe, settings, { idempotencyKey: `${idempotencyKey}-${randomUUID()}` });
}

function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function isReplayed({ lastResponse }: Created): boolean {
  return lastResponse.headers['idempotent-replayed'] === 'true';
}

async function isStillSo({ kind }: Change, id: string, settings: Settings, stripe: Stripe): Promise<boolean> {
  try {
    const object = (await RESOURCES[kind].retrieve(stripe, id)) as Settings;
    return leavesOf(settings).every(({ path, value }) => satisfies(valueAt(object, path), value));
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing') return false;
    throw error;
  }
}
