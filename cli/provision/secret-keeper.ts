/** Remembers the signing secrets of the webhook endpoints that we make: Stripe shows each once. */
import type { Config } from '../../core/config.ts';
import { readSettings, saveSettings, secretName } from '../../core/settings.ts';

/** What provisioning needs to know and keep of them, in the saved settings. */
export function secretKeeper({ configDir, stripeApiBase, webhookSecrets: given }: Config) {
  const name = (endpoint: string) => secretName(endpoint, stripeApiBase);
  return {
    /** Whoever hands secrets over in the environment keeps them elsewhere: which endpoint they belong to is theirs to know. */
    knowsSecret: (endpoint: string) => given !== undefined || name(endpoint) in (readSettings(configDir).webhookSecrets ?? {}),
    saveSecret: (endpoint: string, secret: string) => saveSettings(configDir, ({ webhookSecrets }) => ({ webhookSecrets: { ...webhookSecrets, [name(endpoint)]: secret } })),
    forgetSecret: (endpoint: string) => saveSettings(configDir, ({ webhookSecrets = {} }) => ({ webhookSecrets: without(name(endpoint), webhookSecrets) })),
  };
}

function without(name: string, secrets: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(secrets).filter(([each]) => each !== name));
}
