/** A plan as Markdown, for the summary of a pull request or of a run: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
import type { Action, Change, Field, Plan } from '../provision/plan.ts';
import { kindName, type Json } from '../provision/resources/resource.ts';
import { isUnset } from '../provision/settings.ts';
import { planSummary } from './plan.ts';

const LONGEST_VALUE = 120;

const DOING: Readonly<Record<Action, string>> = { create: 'create', update: 'change', replace: 'replace', reactivate: 'reactivate', deactivate: 'take out of use' };

/** What the summary says besides the plan. */
export interface Told {
  /** "/dev/chat (acct_1), test mode" */
  account: string;
  challengeId: string;
  applied: boolean;
}

/** A heading, the account, the warnings, and a table with one row a setting. */
export function provisionSummary(plan: Pick<Plan, 'changes' | 'kinds' | 'warnings'>, { account, challengeId, applied }: Told): string {
  const rows = plan.changes.flatMap(rowsOf);
  const table = rows.length === 0 ? [] : ['', '| | object | setting | in Stripe | wanted |', '|---|---|---|---|---|', ...rows];
  const warnings = plan.warnings.flatMap((warning) => ['', `> ${inline(warning)}`]);
  return [`### devchat provision: ${planSummary(plan, applied).replace(/\.$/, '')}`, '', `${inline(account)}, challenge id ${code(challengeId)}`, ...warnings, ...table, ''].join('\n');
}

function rowsOf({ action, kind, id, key, fields }: Change): string[] {
  return fields.map(({ path, before, after }: Field, index) => {
    const object = `${kindName(kind)} ${code(id ?? key)}`;
    return `| ${index === 0 ? DOING[action] : ''} | ${index === 0 ? object : ''} | ${code(path)} | ${value(before)} | ${value(after)} |`;
  });
}

function value(json: Json): string {
  if (isUnset(json)) return '(none)';
  const text = typeof json === 'string' ? json : JSON.stringify(json);
  return code(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text);
}

/** In a table, a bar ends a cell even inside code; a backtick would end the code. */
function code(text: string): string {
  return `<code>${inline(text)}</code>`;
}

function inline(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('|', '&#124;').replaceAll(/[`*_[\]]/g, (mark) => `&#${mark.charCodeAt(0)};`).replaceAll(/\s/g, ' ');
}
