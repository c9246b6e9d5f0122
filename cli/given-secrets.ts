/** Signing secrets that somebody set by hand make a daemon deaf to those that devchat takes care of. */
import type { Context } from './context.ts';
import { warn } from './io.ts';

/** Warns where such secrets are set, though the events are to be signed by `signer` ("the Stripe CLI"). */
export function warnOfGivenSecrets(signer: string, context: Context): void {
  if (!context.config().webhookSecrets) return;
  warn([`STRIPE_WEBHOOK_SECRET is set; a daemon that has it ignores the secret of ${signer}`, 'unset it, unless it holds that secret'], context.io);
}
