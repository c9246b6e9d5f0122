/** devchat provision [portal|catalog|webhook] */
import { Argument, Command } from 'commander';
import { confirmAccount } from '../account.ts';
import type { Context } from '../context.ts';
import { jsonOption, liveOption } from '../options.ts';
import { readDeclared } from '../provision/declared/read.ts';
import { PARTS, partsFor, type Part } from '../provision/desired.ts';
import { provisionTalk, showPlan, tellAccount, tellEnd } from '../provision-talk.ts';
import { applyProvision, planProvision, type ProvisionOptions as Wanted } from '../provision/provision.ts';
import { secretKeeper } from '../secret-keeper.ts';

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
  await context.refuseOtherMode();
  const planning = planProvision(wanted);
  const [account, plan] = await Promise.all([tellAccount(wanted.stripe, context), planning]);
  const applied = options.diff !== true && plan.changes.length > 0;
  showPlan(plan, options, context);
  if (applied) {
    if (options.live && !options.yes) await confirmAccount(wanted.stripe, context.io);
    await applyProvision(plan, wanted);
  }
  tellEnd(plan, { json: options.json ?? false, applied, account }, context);
  if (options.detailedExitcode && plan.changes.length > 0) context.exitCode = CHANGES;
}

async function wantedFrom(part: Part | undefined, { live, all, prune }: ProvisionOptions, context: Context): Promise<Wanted> {
  const business = { declared: readDeclared(context), baseUrl: context.config().baseUrl };
  const { troubled, trying } = provisionTalk(context.io);
  return { ...business, stripe: await context.stripe({ live, troubled }), challengeId: context.challengeId(), parts: partsFor(part, business), all, prune, trying, ...secretKeeper(context.config()) };
}
