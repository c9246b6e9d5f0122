/** devchat sandbox reset */
import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { askSandbox } from '../../sandbox/control.ts';

export function resetCommand(context: Context): Command {
  return new Command('reset').description('Empties the running sandbox.').action(() => runReset(context));
}

export async function runReset(context: Context): Promise<void> {
  await askSandbox(context.config(), '/reset', {});
  context.io.talk('The sandbox is empty. The cache still shows what was: who signed up before has to sign up with another e-mail.');
  context.io.talk('Next: devchat provision');
}
