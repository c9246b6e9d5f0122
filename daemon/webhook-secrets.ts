/** The signing secrets that count now: those of the environment, else the saved ones, read again when they change. */
import type { Config } from '../core/config.ts';
import { readSettings, savedSecrets, settingsChangedAt } from '../core/settings.ts';
import { HttpError } from './errors.ts';

export interface WebhookSecrets {
  current(): readonly string[];
  /** Looks whether the saved ones have changed; true when they have. Throws 503 where they cannot be read. */
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
    secrets = readSecrets(configDir, stripeApiBase);
    changedAt = now;
    return true;
  };
  reload();
  return { current: () => secrets, reload };
}

/** A settings file that somebody broke is no fault of the event's sender: Stripe is to send it again. */
function readSecrets(configDir: string, stripeApiBase: string | undefined): string[] {
  try {
    return savedSecrets(readSettings(configDir), stripeApiBase);
  } catch {
    throw new HttpError(503, 'not_configured', 'the saved signing secrets cannot be read', { hint: 'mend the settings file that devchat config path names' });
  }
}
