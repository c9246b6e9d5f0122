/** What provisioning says: before, while it works, and at the end. */
import { warn, type Io } from './io.ts';
import type { Writer } from './provision/apply.ts';
import type { Plan } from './provision/plan.ts';
import { kindName } from './provision/resources/resource.ts';
import { renderDiff } from './render/diff.ts';
import { palette } from './render/palette.ts';
import { planJson, planSummary } from './render/plan.ts';

interface Manner {
  json?: boolean;
}

/** The warnings, and the plan as a diff. */
export function showPlan(plan: Plan, { json }: Manner, io: Io): void {
  for (const warning of plan.warnings) warn([warning], io);
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

/** The summary as the last line, or all of it as JSON. */
export function tellEnd(plan: Plan, applied: boolean, { json }: Manner, io: Io): void {
  if (json) return io.out(JSON.stringify(planJson(plan, applied)));
  [...(plan.changes.length > 0 ? [''] : []), planSummary(plan, applied)].forEach(io.out);
  if (plan.changes.length > 0 && !applied) io.talk('Next: the same command without --diff applies this.');
}
