/** devchat serve */
import { Command } from 'commander';
import { noticeTargetsOf } from '../../core/notices/targets.ts';
import { startDaemon, type Daemon } from '../../daemon/main.ts';
import type { Context } from '../context.ts';
import { warn } from '../io.ts';
import { cacheOption, hostOption, liveOption, portOption } from '../options.ts';
import { untilInterrupted } from '../until-interrupted.ts';

export interface ServeOptions {
  port?: number;
  host?: string;
  cache?: string;
  live?: boolean;
  trustUserId?: boolean;
}

export function serveCommand(context: Context): Command {
  return new Command('serve')
    .addOption(portOption())
    .addOption(hostOption())
    .addOption(cacheOption())
    .addOption(liveOption())
    .option('--trust-user-id', 'believe ?user_id=; for the public challenge’s own tests, on loopback with a test key only')
    .action((options: ServeOptions) => runServe(options, context));
}

export async function runServe({ port, host, cache, live, trustUserId }: ServeOptions, context: Context): Promise<void> {
  context.setFlags({ port, host, cache });
  const daemon = await startConfiguredDaemon(context, { live, trustUserId });
  context.io.out(`devchat listens on ${daemon.url}`);
  if (trustUserId) warn(['--trust-user-id is on: whoever reaches this daemon can be any user'], context.io);
  await untilInterrupted();
  await daemon.close();
}

/** Starts the daemon with what the context holds; its log goes to standard error. */
export async function startConfiguredDaemon(context: Context, { live, trustUserId }: Pick<ServeOptions, 'live' | 'trustUserId'>): Promise<Daemon> {
  const stripe = await context.stripe({ live });
  const config = { ...context.config(), challengeId: context.challengeId() };
  const log = { plain: context.io.talksToPerson, write: (line: string) => context.io.talk(line.trimEnd()) };
  return startDaemon({ config, stripe, cache: await context.claimCache({ live, noticeTargets: noticeTargetsOf(config), writesMuch: true }), clock: await context.clock(), log, trustUserId: trustUserId ?? false });
}
