/** Remembers the signing secrets of the webhook endpoints that we make: Stripe shows each once. */
import type { Config } from '../../core/config.ts';
import { readSettings, saveSettings, secretName } from '../../core/settings.ts';

/** What provisioning needs to know and keep of them, in the saved settings. */
export function secretKeeper({ configDir, stripeApiBase, webhookSecrets }: Config) {
  const saved = () => readSettings(configDir).webhookSecrets ?? {};
  return {
    /** Whoever hands secrets over in the environment keeps them elsewhere: which endpoint they belong to is theirs to know. */
    knowsSecret: (endpoint: string) => webhookSecrets !== undefined || secretName(endpoint, stripeApiBase) in saved(),
    saveSecret: (endpoint: string, secret: string) => saveSettings(configDir, { webhookSecrets: { ...saved(), [secretName(endpoint, stripeApiBase)]: secret } }),
  };
}
