/** devchat provision [portal|catalog|webhook] */
import { Argument, Command } from 'commander';
import { confirmAccount } from '../confirm-account.ts';
import type { Context } from '../context.ts';
import { warn } from '../io.ts';
import { jsonOption, liveOption } from '../options.ts';
import { readDeclared } from '../provision/declared/read.ts';
import { PARTS, partsFor, type Part } from '../provision/desired.ts';
import type { Plan } from '../provision/plan.ts';
import { applyProvision, planProvision, type ProvisionOptions as Wanted } from '../provision/provision.ts';
import { secretKeeper } from '../secret-keeper.ts';
import { palette } from '../render/palette.ts';
import { renderDiff } from '../render/diff.ts';
import { planJson, planSummary } from '../render/plan.ts';

const CHANGES = 2;

export interface ProvisionOptions {
  diff?: boolean;
  detailedExitcode?: boolean;
  all?: boolean;
  prune?: boolean;
  json?: boolean;
  live?: boolean;
  yes?: boolean;
}

export function provisionCommand(context: Context): Command {
  return new Command('provision')
    .description('Makes Stripe match: the Customer Portal, the product with its prices, and the webhook endpoint, as devchat.config.json declares them. Without a name: portal and catalog, and webhook where its address is https.')
    .addArgument(new Argument('[part]', 'only one of them').choices(PARTS))
    .option('--diff', 'show what would change, and change nothing')
    .option('--detailed-exitcode', 'exit with 0: nothing to do, 2: changes, 1: any error')
    .option('--all', 'look beyond the newest 100 portal configurations')
    .option('--prune', 'deactivate duplicates that carry our challenge id')
    .addOption(jsonOption()).addOption(liveOption())
    .option('--yes', 'do not ask in live mode')
    .action((part: Part | undefined, options: ProvisionOptions) => runProvision(part, options, context));
}

export async function runProvision(part: Part | undefined, options: ProvisionOptions, context: Context): Promise<void> {
  const wanted = await wantedFrom(part, options, context);
  const plan = await planProvision(wanted);
  const dry = options.diff === true || plan.changes.length === 0;
  show(plan, options, context);
  if (!dry) {
    if (options.live && !options.yes) await confirmAccount(wanted.stripe, context.io);
    await applyProvision(plan, wanted);
  }
  tellEnd(plan, !dry, options, context);
  if (options.detailedExitcode && plan.changes.length > 0) context.exitCode = CHANGES;
}

async function wantedFrom(part: Part | undefined, { live, all, prune }: ProvisionOptions, context: Context): Promise<Wanted> {
  const business = { declared: readDeclared(context), baseUrl: context.config().baseUrl };
  return { ...business, stripe: await context.stripe({ live }), challengeId: context.challengeId(), parts: partsFor(part, business), all, prune, ...secretKeeper(context.config()) };
}

function show(plan: Plan, { json }: ProvisionOptions, { io }: Context): void {
  for (const warning of plan.warnings) warn([warning], io);
  if (!json) renderDiff(plan, { palette: palette(io.colour.out), width: io.width }).forEach(io.out);
}

function tellEnd(plan: Plan, applied: boolean, { json }: ProvisionOptions, { io }: Context): void {
  if (json) return io.out(JSON.stringify(planJson(plan, applied)));
  [...(plan.changes.length > 0 ? [''] : []), planSummary(plan, applied)].forEach(io.out);
  if (plan.changes.length > 0 && !applied) io.talk('Next: the same command without --diff applies this.');
}
