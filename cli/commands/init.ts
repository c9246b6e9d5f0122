/** devchat init */
import { Command } from 'commander';
import { loadConfig, problemWith, type Config } from '../../core/config.ts';
import { DevchatError } from '../../core/errors.ts';
import { saveSettings, settingsPath } from '../../core/settings.ts';
import type { Context } from '../context.ts';
import { shortPath } from '../render/short-path.ts';
import { liveOption } from '../options.ts';

const QUESTIONS = [
  { name: 'stripeSecretKey', flag: '--key', type: 'password', message: 'Stripe secret key (sk_test_… or rk_test_…)', optional: false },
  { name: 'challengeId', flag: '--challenge-id', type: 'input', message: 'Challenge id, which tags what devchat makes in Stripe', optional: false },
  { name: 'baseUrl', flag: '--base-url', type: 'input', message: 'Address where people reach the daemon (empty: where it listens)', optional: true },
] as const;

type Asked = (typeof QUESTIONS)[number];
type Answers = Partial<Record<Asked['name'], string | undefined>>;

export interface InitOptions {
  key?: string;
  challengeId?: string;
  baseUrl?: string;
  apiBase?: string;
  live?: boolean;
}

export function initCommand(context: Context): Command {
  return new Command('init')
    .description('Asks for key, challenge id and address, checks the key with Stripe, and saves them readable by you alone.')
    .option('--key <key>', 'the Stripe key; from a script rather set STRIPE_SECRET_KEY, which no process list shows')
    .option('--challenge-id <id>', 'the challenge id')
    .option('--base-url <url>', 'where people reach the daemon')
    .option('--api-base <url>', 'another address of Stripe’s API, such as the sandbox')
    .addOption(liveOption())
    .action((options: InitOptions) => runInit(options, context));
}

export async function runInit(options: InitOptions, context: Context): Promise<void> {
  const { io, env } = context;
  const given: Answers = {
    stripeSecretKey: options.key ?? env.STRIPE_SECRET_KEY,
    challengeId: options.challengeId ?? env.CHALLENGE_ID,
    baseUrl: options.baseUrl ?? env.DEVCHAT_BASE_URL,
  };
  const answers = { ...given, ...(await ask(QUESTIONS.filter(({ name }) => !given[name]), context)) };
  const config = await checked({ ...answers, baseUrl: answers.baseUrl || undefined, stripeApiBase: options.apiBase ?? env.STRIPE_API_BASE }, options, context);
  const { stripeSecretKey, challengeId, baseUrl, stripeApiBase, configDir } = config;
  await saveSettings(configDir, { stripeSecretKey, challengeId, baseUrl, stripeApiBase });
  io.talk(`Saved in ${shortPath(settingsPath(configDir))}, readable by you alone.`);
  io.talk('Next: devchat provision --diff shows what Stripe lacks.');
}

async function ask(questions: readonly Asked[], { io }: Context): Promise<Answers> {
  const missing = questions.filter(({ optional }) => !optional).map(({ flag }) => flag);
  if (io.canAsk) return io.ask(questions.map(({ name, type, message, optional }) => ({ name, type, message, problem: (answer) => (optional && !answer ? undefined : problemWith(name, answer)) })));
  if (missing.length === 0) return {};
  throw new DevchatError('usage', `there is no terminal to ask at, and these are missing: ${missing.join(', ')}`, 'give them as flags, or as STRIPE_SECRET_KEY and CHALLENGE_ID; --base-url (DEVCHAT_BASE_URL) is where the daemon listens unless it is given');
}

/** Parses the answers by the rules of every setting, and asks Stripe whether the key is good. */
async function checked(answers: Answers & { stripeApiBase?: string | undefined }, { live }: InitOptions, context: Context): Promise<Config> {
  const { config } = loadConfig({ flags: answers, env: context.env, folder: context.folder });
  const { createStripe } = await import('../../core/stripe.ts');
  const { findPortalConfigurations } = await import('../../core/provisioned.ts');
  await findPortalConfigurations(createStripe(config, { live: live ?? false }), config.challengeId ?? '');
  return config;
}
