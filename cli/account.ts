/** Whose Stripe account a command works on, and whether somebody who changes a live one means that very account. */
import type Stripe from 'stripe';
import { DevchatError } from '../core/errors.ts';
import type { Mode } from '../core/mode.ts';
import type { Io } from './io.ts';

/** `id` and `name` are null where a restricted key may not read the account. */
export interface Account {
  id: string | null;
  name: string | null;
}

/** Reads the account behind the key (one request). Throws what the Stripe SDK throws. */
export async function accountOf(stripe: Stripe): Promise<Account> {
  try {
    const { id, settings } = await stripe.accounts.retrieveCurrent();
    return { id, name: settings?.dashboard.display_name ?? null };
  } catch (error) {
    if ((error as { type?: string }).type === 'StripePermissionError') return { id: null, name: null };
    throw error;
  }
}

/** "/dev/chat (acct_1), test mode" */
export function accountWords({ id, name }: Account, mode: Mode): string {
  const whose = name && id ? `${name} (${id})` : (id ?? 'an account that this key may not read');
  return `${whose}, ${mode} mode`;
}

/** Asks for the account's name, typed. Throws `usage` where nobody can be asked or another name is typed. */
export async function confirmAccount(stripe: Stripe, io: Io): Promise<void> {
  if (!io.canAsk) throw new DevchatError('usage', 'this changes a live account, and there is no terminal to ask at', 'say --yes');
  const { id, name } = await accountOf(stripe);
  const wanted = name ?? id;
  if (wanted === null) throw new DevchatError('usage', 'this key may not read whose account it changes', 'give it the permission to read the account, or say --yes');
  const { typed = '' } = await io.ask([{ name: 'typed', type: 'input', message: `This changes the live account. Type its name, ${wanted}, to go on:` }]);
  if (typed.trim() !== wanted) throw new DevchatError('usage', 'that is not its name; nothing was changed');
}
