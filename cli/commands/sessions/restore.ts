/** devchat sessions restore <id> */
import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { tellSession, unknownSession } from '../../sessions.ts';

const REASON = 'restored by the owner';

export interface RestoreOptions {
  json?: boolean;
  cache?: string;
}

export function restoreCommand(context: Context): Command {
  return new Command('restore')
    .description('Books a cancelled session again, at its time. Refused as a new one would be.')
    .argument('<id>', 'a session')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .action((id: string, options: RestoreOptions) => runRestore(id, options, context));
}

export async function runRestore(id: string, { json, cache: file }: RestoreOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const terms = await context.terms();
  const session = await (await context.cache()).restoreSession(id, REASON, terms.now);
  if (!session) throw unknownSession(id);
  tellSession(session, { json, terms }, context.io);
}
