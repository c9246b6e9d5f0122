/** devchat listen */
import { Command } from 'commander';
import { DevchatError } from '../../core/errors.ts';
import { reachableAddress } from '../../core/reachable-address.ts';
import type { Context } from '../context.ts';
import { hostOption, liveOption, portOption } from '../options.ts';
import { listenTowards } from '../stripe-cli/listen-towards.ts';
import { interruption, untilInterrupted } from '../until-interrupted.ts';

export interface ListenOptions {
  port?: number;
  host?: string;
  live?: boolean;
}

export function listenCommand(context: Context): Command {
  return new Command('listen')
    .description('Runs the official Stripe CLI towards the daemon and hands its signing secret over, so that no hosted address is needed.')
    .addOption(portOption())
    .addOption(hostOption())
    .addOption(liveOption())
    .action((options: ListenOptions) => runListen(options, context));
}

export async function runListen({ port, host, live }: ListenOptions, context: Context): Promise<void> {
  context.setFlags({ port, host });
  await context.stripe({ live });
  const config = context.config();
  const stopped = interruption();
  const listener = await listenTowards(reachableAddress(config.host, config.port), config, stopped.signal, context);
  const ended = await Promise.race([listener.ended, untilInterrupted(stopped)]);
  if (ended) throw new DevchatError('failed', `the Stripe CLI ended (${ended}): events no longer reach the daemon`, 'see what it said above; devchat listen starts it again');
  await listener.ended;
}
