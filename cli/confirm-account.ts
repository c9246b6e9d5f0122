/** Makes sure that somebody who changes a live account means that very account. */
import type Stripe from 'stripe';
import { DevchatError } from '../core/errors.ts';
import type { Io } from './io.ts';

/** Asks for the account's name, typed. Throws `usage` where nobody can be asked or another name is typed. */
export async function confirmAccount(stripe: Stripe, io: Io): Promise<void> {
  if (!io.canAsk) throw new DevchatError('usage', 'this changes a live account, and there is no terminal to ask at', 'say --yes');
  const account = await stripe.accounts.retrieveCurrent();
  const name = account.settings?.dashboard.display_name ?? account.id;
  const { typed = '' } = await io.ask([{ name: 'typed', type: 'input', message: `This changes the live account. Type its name, ${name}, to go on:` }]);
  if (typed.trim() !== name) throw new DevchatError('usage', 'that is not its name; nothing was changed');
}
