/** Carries a plan out, change by change. The only writer to Stripe in the command line; it decides nothing. */
import { createHash } from 'node:crypto';
import Stripe from 'stripe';
import { explainStripeError, isMissing } from '../../core/stripe.ts';
import type { Change, Plan } from './plan.ts';
import { withReferences, type Created, type Ids, type Settings } from './resources/resource.ts';
import { RESOURCES } from './resources/resources.ts';
import { leavesOf, satisfies, valueAt } from './settings.ts';

export interface Writer {
  stripe: Stripe;
  challengeId: string;
  /** Keeps the signing secret of a new webhook endpoint; Stripe shows it this once. */
  saveSecret: (endpointId: string, secret: string) => Promise<void> | void;
  /** Lets go of the signing secret of an endpoint that is gone. */
  forgetSecret: (endpointId: string) => Promise<void> | void;
  /** Hears of each change before it is tried. */
  trying?: ((change: Change) => void) | undefined;
}

/** What became of one change. `id` is the object's id, a new one where it was made. */
export interface Outcome {
  change: Change;
  /** `overtaken`: another run made it at the same moment, under a key that Stripe gives out once. */
  state: 'done' | 'overtaken' | 'failed' | 'not-tried';
  id: string | null;
  /** Why it failed, in words. */
  error?: unknown;
}

/** The ids of what is wanted, and which new object took the place of which, as far as the work has come. */
interface Progress {
  ids: Ids;
  successors: Map<string, string>;
}

/** Applies the changes in their order and stops at the first that fails; the outcomes tell which. Safe to run again. */
export async function apply(plan: Plan, writer: Writer): Promise<Outcome[]> {
  const progress: Progress = { ids: { ...plan.ids }, successors: new Map() };
  const outcomes: Outcome[] = [];
  for (const change of plan.changes) {
    const stopped = outcomes.some(({ state }) => state !== 'done');
    outcomes.push(stopped ? { change, state: 'not-tried', id: change.id } : await attempt(change, progress, writer));
  }
  return outcomes;
}

async function attempt(change: Change, progress: Progress, writer: Writer): Promise<Outcome> {
  writer.trying?.(change);
  try {
    const id = await carryOut(change, progress, writer);
    if (change.action === 'create' || change.action === 'replace') progress.ids[change.kind] = id;
    return { change, state: 'done', id };
  } catch (error) {
    if (change.action === 'create' && isTaken(error)) return { change, state: 'overtaken', id: null };
    return { change, state: 'failed', id: change.id, error: explainStripeError(error) };
  }
}

/** A lookup key belongs to one price. Stripe's words for it are not documented, the parameter that it names is. */
function isTaken(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.param === 'lookup_key';
}

async function carryOut(change: Change, { ids, successors }: Progress, writer: Writer): Promise<string> {
  const { action, id, kind, successor } = change;
  const resource = RESOURCES[kind];
  if (action === 'deactivate' && id !== null) return retire(change, id, successor && (successors.get(successor) ?? successor), writer);
  if (action !== 'replace' && id !== null) {
    await resource.update(writer.stripe, id, change.write);
    return id;
  }
  const created = await create(change, withReferences(change.write, resource.references, ids), writer);
  if (created.secret) await writer.saveSecret(created.id, created.secret);
  if (id === null) return created.id;
  successors.set(id, created.id);
  await retire(change, id, created.id, writer);
  return created.id;
}

/** What is gone already needs no more. */
async function retire({ kind }: Change, id: string, successor: string | undefined, { stripe, forgetSecret }: Writer): Promise<string> {
  await RESOURCES[kind].retire(stripe, id, successor).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  if (kind === 'webhook_endpoint') await forgetSecret(id);
  return id;
}

/**
 * Creates under a key of our own, so that a second run, or a second process, gets the object of the first instead of another one.
 * Stripe repeats its old answer for a day, whatever became of the object since, and be it an error: then it is created under a key that follows
 * from that answer, so that others come to the same again.
 * https://docs.stripe.com/api/idempotent_requests
 */
async function create(change: Change, settings: Settings, { stripe, challengeId }: Writer): Promise<Created> {
  const { onReplace, ...resource } = RESOURCES[change.kind];
  const sent = change.action === 'replace' ? { ...settings, ...onReplace } : settings;
  const key = `devchat-${change.kind}-${digest([challengeId, change.key, sent])}`;
  for (let idempotencyKey = key; ; ) {
    const answer = await resource.create(stripe, sent, { idempotencyKey }).catch(repeatedError);
    if ('id' in answer && (!isReplayed(answer.lastResponse.headers) || (answer.id !== change.id && (await isStillSo(change, answer.id, settings, stripe))))) return answer;
    idempotencyKey = `${key}-${'id' in answer ? answer.id : answer.firstRequest}`;
  }
}

function repeatedError(error: unknown): { firstRequest: string | undefined } {
  if (error instanceof Stripe.errors.StripeError && isReplayed(error.headers ?? {})) return { firstRequest: error.headers?.['original-request'] };
  throw error;
}

function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function isReplayed(headers: Readonly<Record<string, string>>): boolean {
  return headers['idempotent-replayed'] === 'true';
}

async function isStillSo({ kind }: Change, id: string, settings: Settings, stripe: Stripe): Promise<boolean> {
  try {
    const object = (await RESOURCES[kind].retrieve(stripe, id)) as Settings;
    return leavesOf(settings).every(({ path, value }) => satisfies(valueAt(object, path), value));
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
