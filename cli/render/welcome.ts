/** What `up` says when everything runs. */
import type { ChalkInstance } from 'chalk';
import { pairs } from './lines.ts';

const TEST_CARDS = [
  ['4242 4242 4242 4242', 'is good'],
  ['4000 0000 0000 0341', 'is accepted, then every charge is declined'],
  ['4000 0000 0000 0002', 'is declined at once'],
] as const;

/** `sandbox` is its address; undefined where Stripe itself is used. */
export function welcome({ dashboard, sandbox }: { dashboard: string; sandbox: string | undefined }, colour: ChalkInstance): string[] {
  const where = sandbox === undefined ? 'Stripe itself, with your key' : `the sandbox at ${sandbox}`;
  const cards = sandbox === undefined ? [] : ['', 'Cards to try, with any future date and any three digits:', ...pairs(TEST_CARDS.map(([number, what]) => [`  ${number}`, what]))];
  return [
    '',
    colour.bold('/dev/chat is up'),
    '',
    ...pairs([['dashboard', colour.cyan(dashboard)], ['Stripe', where]]),
    ...cards,
    '',
    colour.dim('Ctrl-C stops everything. In a second terminal: node bin/devchat.js status'),
  ];
}
