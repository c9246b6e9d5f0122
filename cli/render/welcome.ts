/** What `up` says when everything runs. */
import type { ChalkInstance } from 'chalk';
import { pairs } from './lines.ts';

const TEST_CARDS = [
  ['4242 4242 4242 4242', 'is good'],
  ['4000 0000 0000 0341', 'is accepted, then every charge is declined'],
  ['4000 0000 0000 0002', 'is declined at once'],
] as const;

export interface Welcome {
  dashboard: string;
  /** The sandbox's address; undefined where Stripe itself is used. */
  sandbox: string | undefined;
  /** Where the daemon listens, where that has to be told to a second terminal. */
  port: string | undefined;
}

/** The lines of it. */
export function welcome({ dashboard, sandbox, port }: Welcome, colour: ChalkInstance): string[] {
  const where = sandbox === undefined ? 'Stripe itself, with your key' : `the sandbox at ${sandbox}`;
  const cards = sandbox === undefined ? [] : ['', 'Cards to try, with any future date and any three digits:', ...pairs(TEST_CARDS.map(([number, what]) => [`  ${number}`, what]))];
  return [
    '',
    colour.bold('/dev/chat is up'),
    '',
    ...pairs([['dashboard', colour.cyan(dashboard)], ['Stripe', where]]),
    ...cards,
    '',
    colour.dim(`In a second terminal: ${port ? `PORT=${port} ` : ''}node bin/devchat.js status`),
    colour.dim('Ctrl-C stops everything.'),
  ];
}
