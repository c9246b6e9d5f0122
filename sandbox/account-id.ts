/** The id of the one account that the sandbox serves: made once, kept with the state. */
import { newId } from './ids.ts';
import type { Store } from './world.ts';

const SETTING = 'account.id';

export function accountIdOf(store: Store): string {
  const known = store.setting(SETTING);
  if (known !== undefined) return known;
  const fresh = newId('acct');
  store.setSetting(SETTING, fresh);
  return fresh;
}
