/** The command line's table of contents: every command, what it is for, and where it is loaded from when it is called. */
import type { Command } from 'commander';
import type { Context } from './context.ts';

export interface CommandEntry {
  path: readonly [string] | readonly [string, string];
  summary: string;
  load: () => Promise<(context: Context) => Command>;
}

export const COMMANDS: readonly CommandEntry[] = [
  { path: ['up'], summary: 'all at once: sandbox (when no key is set), provision, daemon with dashboard', load: async () => (await import('./commands/up.ts')).upCommand },
  { path: ['init'], summary: 'ask for key, challenge id and address, and save them', load: async () => (await import('./commands/init.ts')).initCommand },
  { path: ['config', 'list'], summary: 'every setting, secrets masked', load: async () => (await import('./commands/config/list.ts')).listCommand },
  { path: ['config', 'get'], summary: 'the value of one setting, in full', load: async () => (await import('./commands/config/get.ts')).getCommand },
  { path: ['config', 'set'], summary: 'save a setting', load: async () => (await import('./commands/config/set.ts')).setCommand },
  { path: ['config', 'unset'], summary: 'forget a saved setting', load: async () => (await import('./commands/config/unset.ts')).unsetCommand },
  { path: ['config', 'path'], summary: 'where settings are saved', load: async () => (await import('./commands/config/path.ts')).pathCommand },
  { path: ['status'], summary: 'account, portal configuration, daemon, last event and notices', load: async () => (await import('./commands/status.ts')).statusCommand },
  { path: ['provision'], summary: 'make Stripe match: portal, catalog, webhook', load: async () => (await import('./commands/provision.ts')).provisionCommand },
  { path: ['serve'], summary: 'the daemon: dashboard, portal redirect, webhook', load: async () => (await import('./commands/serve.ts')).serveCommand },
  { path: ['listen'], summary: 'let the official Stripe CLI forward events to the daemon', load: async () => (await import('./commands/listen.ts')).listenCommand },
  { path: ['sandbox'], summary: 'the local Stripe', load: async () => (await import('./commands/sandbox.ts')).sandboxCommand },
  { path: ['sandbox', 'advance'], summary: 'move the sandbox’s time, such as 3d or 12h', load: async () => (await import('./commands/sandbox/advance.ts')).advanceCommand },
  { path: ['sandbox', 'status'], summary: 'what the sandbox holds, and its time', load: async () => (await import('./commands/sandbox/status.ts')).sandboxStatusCommand },
  { path: ['sandbox', 'switches'], summary: 'how the sandbox behaves; name=value changes it', load: async () => (await import('./commands/sandbox/switches.ts')).switchesCommand },
  { path: ['sandbox', 'deliveries'], summary: 'the sandbox’s deliveries of events', load: async () => (await import('./commands/sandbox/deliveries.ts')).deliveriesCommand },
  { path: ['sandbox', 'reset'], summary: 'empty the sandbox', load: async () => (await import('./commands/sandbox/reset.ts')).resetCommand },
  { path: ['subscriptions', 'list'], summary: 'every subscription and the verdict on its next session', load: async () => (await import('./commands/subscriptions/list.ts')).listCommand },
  { path: ['subscriptions', 'show'], summary: 'one subscription, by id or e-mail', load: async () => (await import('./commands/subscriptions/show.ts')).showCommand },
  { path: ['subscriptions', 'watch'], summary: 'every subscription, and each change as it happens', load: async () => (await import('./commands/subscriptions/watch.ts')).watchCommand },
  { path: ['subscriptions', 'sync'], summary: 'compare all with Stripe, and ask for those that differ', load: async () => (await import('./commands/subscriptions/sync.ts')).syncCommand },
  { path: ['subscriptions', 'verify'], summary: 'show how the cache differs from Stripe, and change nothing', load: async () => (await import('./commands/subscriptions/verify.ts')).verifyCommand },
  { path: ['subscriptions', 'end'], summary: 'end one now, at Stripe', load: async () => (await import('./commands/subscriptions/end.ts')).endCommand },
  { path: ['sessions', 'list'], summary: 'the sessions to come; --all for those that are over, too', load: async () => (await import('./commands/sessions/list.ts')).listCommand },
  { path: ['sessions', 'show'], summary: 'one session with its history', load: async () => (await import('./commands/sessions/show.ts')).showCommand },
  { path: ['sessions', 'book'], summary: 'book a session of 60 minutes for a customer', load: async () => (await import('./commands/sessions/book.ts')).bookCommand },
  { path: ['sessions', 'cancel'], summary: 'cancel a booked session', load: async () => (await import('./commands/sessions/cancel.ts')).cancelCommand },
  { path: ['sessions', 'restore'], summary: 'book a cancelled session again', load: async () => (await import('./commands/sessions/restore.ts')).restoreCommand },
  { path: ['events', 'list'], summary: 'the journal of events, the newest first', load: async () => (await import('./commands/events/list.ts')).listCommand },
  { path: ['events', 'show'], summary: 'one event with its attempts and payload', load: async () => (await import('./commands/events/show.ts')).showCommand },
  { path: ['events', 'tail'], summary: 'the newest events, and each as it comes', load: async () => (await import('./commands/events/tail.ts')).tailCommand },
  { path: ['events', 'replay'], summary: 'apply journaled events once more: those named, or all that match', load: async () => (await import('./commands/events/replay.ts')).replayCommand },
  { path: ['events', 'rebuild'], summary: 'make the cached state again from the journal', load: async () => (await import('./commands/events/rebuild.ts')).rebuildCommand },
  { path: ['events', 'backfill'], summary: 'list Stripe’s events, and apply those that never came', load: async () => (await import('./commands/events/backfill.ts')).backfillCommand },
  { path: ['cache', 'path'], summary: 'the file, or the address without its password', load: async () => (await import('./commands/cache/path.ts')).pathCommand },
  { path: ['cache', 'copy'], summary: 'copy everything into a new file or a PostgreSQL database', load: async () => (await import('./commands/cache/copy.ts')).copyCommand },
];

/** What stands over commands of two words. */
export const GROUPS: Readonly<Record<string, { summary: string; alias?: string }>> = {
  config: { summary: 'look at the settings, and save them' },
  subscriptions: { summary: 'look at the cached subscriptions, and end one', alias: 'subs' },
  sessions: { summary: 'book, cancel and look at the sessions' },
  cache: { summary: 'where the cache lies, and how to move it' },
  events: { summary: 'look at the journal of events, and replay it' },
};
