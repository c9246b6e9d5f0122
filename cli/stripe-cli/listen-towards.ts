/** Lets the official Stripe CLI forward to a daemon, as `listen` and `up` both do. */
import type { Config } from '../../core/config.ts';
import type { Context } from '../context.ts';
import { warnOfGivenSecrets } from '../given-secrets.ts';
import { startListening, type Listener } from './listen.ts';
import { requireStripeCli } from './program.ts';

/** Starts forwarding to the daemon at `address` (host:port) until it is interrupted; what the program says is talk. */
export function listenTowards(address: string, config: Config, interrupted: AbortSignal, context: Context): Promise<Listener> {
  const program = requireStripeCli(context.env, context.folder);
  warnOfGivenSecrets('the Stripe CLI', context);
  return startListening({ program, config, env: context.env, forwardTo: `${address}/webhook`, say: (line) => context.io.talk(line), interrupted });
}
