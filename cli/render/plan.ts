/** A plan as JSON for programs, and in one line for people. */
import { ACTIONS, type Action, type Change, type Field, type Plan } from '../provision/plan.ts';
import { kindName } from '../provision/resources/resource.ts';

const SCHEMA_VERSION = 1;

/** `provision --json`. Every field has a before and an after; what is not set is null. */
export interface PlanJson {
  schemaVersion: typeof SCHEMA_VERSION;
  changes: Array<Pick<Change, 'action' | 'kind' | 'key' | 'id' | 'fields'>>;
  applied: boolean;
}

export function planJson(plan: Pick<Plan, 'changes'>, applied: boolean): PlanJson {
  const changes = plan.changes.map(({ action, kind, key, id, fields }) => ({ action, kind, key, id, fields: fields.map(fieldJson) }));
  return { schemaVersion: SCHEMA_VERSION, changes, applied };
}

function fieldJson({ path, before, after }: Field): Field {
  return { path, before: before ?? null, after: after ?? null };
}

const DONE: Readonly<Record<Action, string>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  reactivate: 'reactivated',
  deactivate: 'deactivated',
};

/** The last line: how much there is to do, or was done, or that all matches. */
export function planSummary({ changes, kinds }: Pick<Plan, 'changes' | 'kinds'>, applied: boolean): string {
  if (changes.length === 0) return `Nothing to do: ${allMatch(kinds.map(kindName))}.`;
  const counts = ACTIONS.map((action) => ({ action, count: changes.filter((change) => change.action === action).length })).filter(({ count }) => count > 0);
  return `${counts.map(({ action, count }) => (applied ? `${count} ${DONE[action]}` : `${count} to ${action}`)).join(', ')}.`;
}

function allMatch(names: readonly string[]): string {
  const list = new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names);
  return `${list} ${names.length === 1 ? 'matches' : 'match'}`;
}
