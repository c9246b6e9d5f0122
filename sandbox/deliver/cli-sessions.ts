/** The sessions of the official Stripe CLI: opened when it asks for one, kept while it is away for a moment. */
import { realSeconds } from '../clock.ts';
import { newId } from '../ids.ts';
import type { Store } from '../world.ts';
import { pendingDeliveries, settle } from './deliveries.ts';
import { allCliSessions, CLI_SESSION_KIND, type CliSession } from './receivers.ts';

const SECRET_SETTING = 'cli.secret';
/**
 * Until then the events of a session without a socket wait for it. A CLI tries to come back every 10 seconds; one that has
 * ended says nothing, and `--print-secret` never comes at all.
 */
const AWAY_MILLISECONDS = 60_000;

/** The secret that signs for the CLI: one for the account, so that `--print-secret` before `listen` tells the right one. */
export function cliSecret(store: Store): string {
  const known = store.setting(SECRET_SETTING);
  if (known !== undefined) return known;
  const fresh = newId('whsec');
  store.setSetting(SECRET_SETTING, fresh);
  return fresh;
}

export function findCliSession(store: Store, id: string): CliSession | undefined {
  return store.find<CliSession>(CLI_SESSION_KIND, id);
}

export function insertCliSession(store: Store, wanted: Pick<CliSession, 'feature' | 'filters' | 'forwards_to'>): CliSession {
  return store.insert<CliSession>({ ...wanted, id: newId('clisess'), object: CLI_SESSION_KIND, created: realSeconds(), connected: false });
}

/** Ends a session, and with it what it still had to hear. */
function endSession(store: Store, session: string): void {
  store.transaction(() => {
    failPending(store, session);
    store.remove(CLI_SESSION_KIND, session);
  });
}

export function failPending(store: Store, session: string): void {
  for (const delivery of pendingDeliveries(store, session)) settle(store, delivery, 'failed');
}

/** Sessions without a socket: each is ended unless its CLI comes back in time. */
export interface Absences {
  begin(id: string): void;
  end(id: string): void;
  close(): void;
}

export function createAbsences(store: Store): Absences {
  const timers = new Map<string, NodeJS.Timeout>();
  const end = (id: string): void => {
    clearTimeout(timers.get(id));
    timers.delete(id);
  };
  const giveUp = (id: string): void => {
    end(id);
    endSession(store, id);
  };
  const begin = (id: string): void => {
    end(id);
    timers.set(id, setTimeout(() => giveUp(id), AWAY_MILLISECONDS).unref());
  };
  for (const { id } of allCliSessions(store)) begin(id);
  return { begin, end, close: () => timers.forEach((timer) => clearTimeout(timer)) };
}
