/** Remembers signing secrets by whose they are: a webhook endpoint's, which Stripe shows once, or the Stripe CLI's. */
import type { Config } from '../core/config.ts';
import { readSettings, saveSettings, secretName } from '../core/settings.ts';

/** Knows, saves and forgets them in the saved settings; `source` is an endpoint's id or `stripe-cli`. */
export function secretKeeper({ configDir, stripeApiBase, webhookSecrets: given }: Config) {
  const name = (source: string) => secretName(source, stripeApiBase);
  return {
    /** Whoever hands secrets over in the environment keeps them elsewhere: whose they are is theirs to know. */
    knowsSecret: (source: string) => given !== undefined || name(source) in (readSettings(configDir).webhookSecrets ?? {}),
    saveSecret: (source: string, secret: string) => saveSettings(configDir, ({ webhookSecrets }) => ({ webhookSecrets: { ...webhookSecrets, [name(source)]: secret } })),
    forgetSecret: (source: string) => saveSettings(configDir, ({ webhookSecrets = {} }) => ({ webhookSecrets: without(name(source), webhookSecrets) })),
  };
}

function without(name: string, secrets: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(secrets).filter(([each]) => each !== name));
}
