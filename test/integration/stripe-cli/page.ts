/** The table of commands in docs/sandbox-stripe-cli.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/folders.ts';

export const PAGE = readFileSync(join(ROOT, 'docs', 'sandbox-stripe-cli.md'), 'utf8');
const ROW = /^\| `(stripe [^`]+)`((?:, `[^`]+`)*) \| (yes|no) \|/;

export interface Row {
  command: string;
  passes: boolean;
}

/** Every command of every table whose second column says whether it passes. A row may name more triggers after its first. */
export function rowsOfPage(): Row[] {
  return PAGE.split('\n').flatMap((line) => {
    const [, command, others = '', verdict] = ROW.exec(line) ?? [];
    if (command === undefined) return [];
    const triggers = [...others.matchAll(/`([^`]+)`/g)].map(([, name]) => `stripe trigger ${name!}`);
    return [command, ...triggers].map((one) => ({ command: one, passes: verdict === 'yes' }));
  });
}
