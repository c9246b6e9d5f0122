/** devchat sessions cancel <id> */
import { Command, InvalidArgumentError } from 'commander';
import type { Context } from '../../context.ts';
import { cacheOption, jsonOption } from '../../options.ts';
import { nextRestore } from '../../render/sessions.ts';
import { tellSession, unknownSession } from '../../sessions.ts';

export interface CancelOptions {
  reason: string;
  json?: boolean;
  cache?: string;
}

export function cancelCommand(context: Context): Command {
  return new Command('cancel')
    .description('Cancels a booked session; devchat sessions restore books it again.')
    .argument('<id>', 'a session')
    .option('--reason <text>', 'why', oneLine, 'cancelled by the owner')
    .addOption(jsonOption())
    .addOption(cacheOption())
    .action((id: string, options: CancelOptions) => runCancel(id, options, context));
}

export async function runCancel(id: string, { reason, json, cache: file }: CancelOptions, context: Context): Promise<void> {
  context.setFlags({ cache: file });
  const terms = await context.terms();
  const session = await (await context.cache()).cancelSession(id, reason, terms.now);
  if (!session) throw unknownSession(id);
  tellSession(session, { json, terms, next: nextRestore(id) }, context.io);
}

function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  if (line === '') throw new InvalidArgumentError('It is empty.');
  return line;
}
