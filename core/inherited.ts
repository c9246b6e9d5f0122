/** What programs that we start may inherit of our environment. */
import { shownLocation } from './cache/location.ts';
import { SETTINGS } from './config.ts';

/** The Stripe CLI's own key and the password for PostgreSQL are among them. */
const SECRETS: readonly string[] = [...Object.values(SETTINGS).flatMap((setting) => (setting.secret ? [setting.env] : [])), 'STRIPE_API_KEY', 'PGPASSWORD'];

/** `env` without the secrets that devchat reads from it. The address of a cache is one where it holds a password. */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSecret = (name: string, value = '') => SECRETS.includes(name) || (name === SETTINGS.cache.env && shownLocation(value) !== value);
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => !isSecret(name, value)));
}
