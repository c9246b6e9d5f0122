/** How many calls `devchat provision` makes and how long it takes, beside the official Stripe CLI doing the same calls by hand. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createStripe } from '../../core/stripe.ts';
import { startSandbox } from '../../sandbox/main.ts';
import { freshFolder, ROOT } from '../support/folders.ts';
import { bringStripeCli } from '../support/stripe-cli.ts';
import { openLine, type Line } from '../support/stripe-line.ts';
import { markdownTable, median, pairedRatio } from './table.ts';

const KEY = 'sk_test_devchat_bench';
const CHALLENGE_ID = 'bench';
const LOOKUP_KEY = `devchat_paircode_monthly_${CHALLENGE_ID}`;
const ROUNDS = 7;

/** The words of one call with the Stripe CLI. */
type Call = readonly string[];

const PORTAL = '/v1/billing_portal/configurations';
/** What devchat reads: whose account it is, and what is ours. */
const READ: readonly Call[] = [
  ['get', '/v1/account'],
  ['get', PORTAL, '--limit', '100'],
  ['get', '/v1/products', '--limit', '100'],
  ['get', '/v1/prices', '-d', `lookup_keys[]=${LOOKUP_KEY}`],
  ['get', '/v1/prices', '-d', 'active=true', '--limit', '100'],
];
const FEATURES = ['payment_method_update', 'invoice_history', 'subscription_cancel'].flatMap((feature) => ['-d', `features[${feature}][enabled]=true`]);
const TAG = ['-d', `metadata[challenge_id]=${CHALLENGE_ID}`];
const MAKE: readonly Call[] = [
  ['post', '/v1/products', '-d', 'name=/dev/chat Pair Coding', ...TAG],
  ['post', '/v1/prices', '-d', 'currency=usd', '-d', 'unit_amount=6000', '-d', 'recurring[interval]=month', '-d', 'product_data[name]=/dev/chat', ...TAG],
  ['post', PORTAL, '-d', 'business_profile[headline]=/dev/chat', ...FEATURES, ...TAG],
];

/** What there is to do; `prepare` brings a provisioned or an empty account there, and tells the id of our configuration. */
const CASES: Readonly<Record<string, { isEmpty?: boolean; edit?: boolean; byHand: (portal: string) => readonly Call[] }>> = {
  'nothing to do': { byHand: () => READ },
  'one setting differs': { edit: true, byHand: (portal) => [...READ, ['post', `${PORTAL}/${portal}`, '-d', 'business_profile[headline]=/dev/chat'], ...READ.slice(1)] },
  'everything is new': { isEmpty: true, byHand: () => [...READ, ...MAKE, ...READ.slice(1)] },
};

interface Taken {
  calls: number;
  seconds: number;
}

/** Takes about a minute. Without the Stripe CLI, and where it cannot be installed, it throws. */
export async function benchProvision(): Promise<string> {
  const program = bringStripeCli();
  if (!program) throw new Error('the Stripe CLI cannot be installed');
  const rows: string[][] = [];
  for (const name of Object.keys(CASES)) rows.push(await rowOf(name, program));
  return markdownTable(['devchat provision, whole process', 'calls', 'seconds', 'by hand: calls', 'seconds by hand', 'ratio'], rows);
}

async function rowOf(name: string, program: string): Promise<string[]> {
  const ours: Taken[] = [];
  const theirs: Taken[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await measured(name, (line, folder) => run(process.execPath, [join(ROOT, 'bin', 'devchat.js'), 'provision'], line, folder)));
    theirs.push(await measured(name, async (line, folder, portal) => {
      for (const call of CASES[name]!.byHand(portal)) await run(program, [...call, '--api-base', line.url], line, folder);
    }));
  }
  const seconds = (taken: readonly Taken[]) => taken.map((each) => each.seconds);
  const ratio = pairedRatio(seconds(ours), seconds(theirs));
  return [name, String(ours[0]!.calls), median(seconds(ours)).toFixed(2), String(theirs[0]!.calls), median(seconds(theirs)).toFixed(2), ratio.median.toFixed(2)];
}

/** In an account of its own, so that no round finds what another left. */
async function measured(name: string, work: (line: Line, folder: string, portal: string) => Promise<void>): Promise<Taken> {
  const fresh = freshFolder();
  const sandbox = await startSandbox({ port: 0, defaultPortal: false });
  const line = await openLine(sandbox.url);
  try {
    const portal = CASES[name]!.isEmpty ? '' : await provisioned(name, line, fresh.path);
    line.calls.length = 0;
    const began = performance.now();
    await work(line, fresh.path, portal);
    return { calls: line.calls.length, seconds: (performance.now() - began) / 1000 };
  } finally {
    await line.close();
    await sandbox.close();
    fresh.remove();
  }
}

async function provisioned(name: string, line: Line, folder: string): Promise<string> {
  await run(process.execPath, [join(ROOT, 'bin', 'devchat.js'), 'provision'], line, folder);
  const stripe = createStripe({ stripeSecretKey: KEY, stripeApiBase: line.url });
  const { id } = (await stripe.billingPortal.configurations.list()).data[0]!;
  if (CASES[name]!.edit) await stripe.billingPortal.configurations.update(id, { business_profile: { headline: 'Acme' } });
  return id;
}

async function run(program: string, words: readonly string[], line: Line, folder: string): Promise<void> {
  const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, STRIPE_API_KEY: KEY, STRIPE_SECRET_KEY: KEY, CHALLENGE_ID, STRIPE_API_BASE: line.url, STRIPE_CLI_TELEMETRY_OPTOUT: '1' };
  const child = spawn(program, words, { env, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${code}`);
}
