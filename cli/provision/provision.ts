/** Makes Stripe match what is wanted: plan, apply, and look again whether nothing is left to do. */
import { DevchatError } from '../../core/errors.ts';
import { explainStripeError } from '../../core/stripe.ts';
import { apply, type Outcome, type Writer } from './apply.ts';
import { current, type Search } from './current.ts';
import { desired, type Wishes } from './desired.ts';
import { plan, type Change, type Plan, type PlanOptions } from './plan.ts';
import { kindName, type Ids } from './resources/resource.ts';

export interface ProvisionOptions extends Wishes, Search, Writer {
  /** Deactivates active duplicates. */
  prune?: boolean | undefined;
}

export interface Provisioned {
  plan: Plan;
  outcomes: Outcome[];
  /** The ids of all that is wanted. */
  ids: Ids;
}

/** How often Stripe is read again after something was made: other runs may be making the same at that moment. */
const ROUNDS = 4;

/** Reads Stripe and says what would have to change; writes nothing. `known` as in `PlanOptions`. Throws `DevchatError`. */
export async function planProvision(options: ProvisionOptions, known?: PlanOptions['known']): Promise<Plan> {
  const wanted = desired(options);
  try {
    return plan(wanted, await current(options, wanted), { prune: options.prune ?? false, known });
  } catch (error) {
    throw explainStripeError(error);
  }
}

/**
 * Applies a plan and reads Stripe again: the next plan must be empty. Where something was made, it need not be at once: another run may have
 * made the same, and the loser of that race goes (docs/provisioning.md).
 * Throws the `DevchatError` of the first change that failed, saying what was done before it, or `failed` where something still differs.
 */
export async function applyProvision(first: Plan, options: ProvisionOptions): Promise<Provisioned> {
  const saved = new Set<string>();
  const saveSecret: Writer['saveSecret'] = async (endpointId, secret) => {
    await options.saveSecret(endpointId, secret);
    saved.add(endpointId);
  };
  const remembering = { ...options, saveSecret, knowsSecret: (id: string) => saved.has(id) || options.knowsSecret(id) };
  const outcomes: Outcome[] = [];
  let left = first;
  for (let round = 0; left.changes.length > 0; round += 1) {
    if (round > 0 && (round === ROUNDS || !outcomes.some(makes))) throw notConverged(left);
    outcomes.push(...(await apply(left, remembering)));
    refuseFailure(outcomes);
    left = await planProvision(remembering, first.known);
  }
  return { plan: first, outcomes: outcomes.filter(({ state }) => state === 'done'), ids: left.ids };
}

function makes({ change: { action } }: Outcome): boolean {
  return action === 'create' || action === 'replace';
}

/** Plans and applies in one go. */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  return applyProvision(await planProvision(options), options);
}

function refuseFailure(outcomes: readonly Outcome[]): void {
  const failed = outcomes.find(({ state }) => state === 'failed');
  if (!failed) return;
  const { change, error } = failed;
  const known = error instanceof DevchatError ? error : undefined;
  const reason = error instanceof Error ? error.message : String(error);
  const hint = [known?.hint, progress(outcomes), 'it is safe to run this again'].filter(Boolean).join('; ');
  throw new DevchatError(known?.kind ?? 'failed', `could not ${change.action} the ${named(change)}: ${reason}`, hint, error);
}

function progress(outcomes: readonly Outcome[]): string {
  const list = (state: Outcome['state']) => outcomes.filter((outcome) => outcome.state === state).map(({ change }) => named(change)).join(', ');
  const [done, notTried] = [list('done'), list('not-tried')];
  return [done && `done: ${done}`, notTried && `not tried: ${notTried}`].filter(Boolean).join('; ');
}

function notConverged({ changes }: Plan): DevchatError {
  const left = changes.map((change) => `${named(change)} (${change.fields.map(({ path }) => path).join(', ')})`).join('; ');
  return new DevchatError('failed', `not converged: Stripe still differs in the ${left}`, 'somebody else may be changing it at the same time; devchat provision --diff shows what is left');
}

function named({ kind, key, id }: Change): string {
  return `${kindName(kind)} ${id ?? key}`;
}
