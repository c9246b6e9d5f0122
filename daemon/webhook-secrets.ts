/** The signing secrets that count now: those of the environment, else the saved ones, read again when they change. */
import type { Config } from '../core/config.ts';
import { readSettings, savedSecrets, settingsChangedAt } from '../core/settings.ts';

export interface WebhookSecrets {
  current(): readonly string[];
  /** Looks whether the saved ones have changed; true when they have. */
  reload(): boolean;
}

/** Secrets from the environment never change; without any, the saved ones for the Stripe API in use hold. */
export function webhookSecrets({ webhookSecrets: fixed, configDir, stripeApiBase }: Config): WebhookSecrets {
  if (fixed) return { current: () => fixed, reload: () => false };
  let changedAt = 0;
  let secrets: string[] = [];
  const reload = (): boolean => {
    const now = settingsChangedAt(configDir);
    if (now === changedAt) return false;
    changedAt = now;
    secrets = savedSecrets(readSettings(configDir), stripeApiBase);
    return true;
  };
  reload();
  return { current: () => secrets, reload };
}
