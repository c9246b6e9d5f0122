/** What provisioning says: before, while it works, and at the end; to GitHub Actions as well, where that runs it. */
import type Stripe from 'stripe';
import { accountOf, accountWords } from './account.ts';
import type { Context } from './context.ts';
import { addToSummary, annotate } from './github.ts';
import { warn, type Io } from './io.ts';
import { modeOf } from '../core/mode.ts';
import type { Writer } from './provision/apply.ts';
import type { Plan } from './provision/plan.ts';
import { kindName } from './provision/resources/resource.ts';
import { renderDiff } from './render/diff.ts';
import { palette } from './render/palette.ts';
import { planJson, planSummary } from './render/plan.ts';
import { provisionSummary } from './render/provision-summary.ts';

interface Manner {
  json?: boolean;
}

/** Says whose account this is and in which mode, and resolves with the words. Throws what the Stripe SDK throws. */
export async function tellAccount(stripe: Stripe, context: Context): Promise<string> {
  const words = accountWords(await accountOf(stripe), modeOf(context.config().stripeSecretKey ?? ''));
  context.io.talk(context.io.colour.talk.dim(`account ${words}`));
  return words;
}

/** The warnings, and the plan as a diff. */
export function showPlan(plan: Plan, { json }: Manner, context: Context): void {
  const { io } = context;
  for (const warning of plan.warnings) warn([warning], io);
  for (const warning of plan.warnings) annotate('warning', warning, context);
  if (!json) renderDiff(plan, { palette: palette(io.colour.out), width: io.width }).forEach(io.out);
}

export interface ProvisionTalk {
  trying: NonNullable<Writer['trying']>;
  troubled: (what: string) => void;
}

/** What is being done is shown to a person while it lasts; what keeps it waiting is told to everybody. */
export function provisionTalk({ talk, rewrite, colour }: Io): ProvisionTalk {
  return {
    trying: ({ action, kind, key }) => rewrite(`${action} ${kindName(kind)} ${key} …`),
    troubled: (what) => talk(colour.talk.dim(`waiting: ${what}`)),
  };
}

/** The summary as the last line, or all of it as JSON; and on the page of the run. `account` as `tellAccount` said it. */
export function tellEnd(plan: Plan, { json, applied, account }: Manner & { applied: boolean; account: string }, context: Context): void {
  const { io } = context;
  addToSummary(provisionSummary(plan, { account, challengeId: context.challengeId(), applied }), context);
  if (plan.changes.length > 0) annotate(applied ? 'notice' : 'warning', planSummary(plan, applied), context);
  if (json) return io.out(JSON.stringify(planJson(plan, applied)));
  [...(plan.changes.length > 0 ? [''] : []), planSummary(plan, applied)].forEach(io.out);
  if (plan.changes.length > 0 && !applied) io.talk('Next: the same command without --diff applies this.');
}
