/** devchat init */
import { Command } from 'commander';
import { loadConfig, type Config } from '../../core/config.ts';
import { DevchatError } from '../../core/errors.ts';
import { saveSettings, settingsPath } from '../../core/settings.ts';
import type { Context } from '../context.ts';
import { shortPath } from '../render/short-path.ts';
import { liveOption } from '../options.ts';

const QUESTIONS = [
  { name: 'stripeSecretKey', flag: '--key', type: 'password', message: 'Stripe secret key (sk_test_… or rk_test_…)', fallback: '' },
  { name: 'challengeId', flag: '--challenge-id', type: 'input', message: 'Challenge id, which tags what devchat makes in Stripe', fallback: '' },
  { name: 'baseUrl', flag: '--base-url', type: 'input', message: 'Address where people reach the daemon', fallback: 'http://127.0.0.1:4242' },
] as const;

type Answers = Partial<Record<(typeof QUESTIONS)[number]['name'], string>>;

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
  const answers = { ...given, ...(await ask(unanswered(given), context)) };
  const config = await checked({ ...answers, stripeApiBase: options.apiBase ?? env.STRIPE_API_BASE }, options, context);
  const { stripeSecretKey, challengeId, baseUrl, stripeApiBase, configDir } = config;
  await saveSettings(configDir, { stripeSecretKey, challengeId, baseUrl, stripeApiBase });
  io.talk(`Saved in ${shortPath(settingsPath(configDir))}, readable by you alone.`);
  io.talk('Next: devchat provision --diff shows what Stripe lacks.');
}

function unanswered(given: Answers): Array<(typeof QUESTIONS)[number]> {
  return QUESTIONS.filter(({ name }) => !given[name]);
}

async function ask(questions: ReturnType<typeof unanswered>, { io }: Context): Promise<Answers> {
  if (questions.length === 0) return {};
  if (!io.canAsk) throw new DevchatError('usage', `there is no terminal to ask at, and these are missing: ${questions.map(({ flag }) => flag).join(', ')}`, 'give them as flags, or as STRIPE_SECRET_KEY, CHALLENGE_ID and DEVCHAT_BASE_URL');
  const { default: inquirer } = await import('inquirer');
  return inquirer.prompt<Answers>(questions.map(({ name, type, message, fallback }) => ({ name, type, message, default: fallback || undefined, mask: '*' })));
}

/** Parses the answers by the rules of every setting, and asks Stripe whether the key is good. */
async function checked(answers: Answers & { stripeApiBase?: string | undefined }, { live }: InitOptions, context: Context): Promise<Config> {
  const { config } = loadConfig({ flags: answers, env: context.env, folder: context.folder });
  const { createStripe } = await import('../../core/stripe.ts');
  const { findPortalConfigurations } = await import('../../core/provisioned.ts');
  await findPortalConfigurations(createStripe(config, { live: live ?? false }), config.challengeId ?? '');
  return config;
}
