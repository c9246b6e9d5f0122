/** The table of commands in docs/sandbox-stripe-cli.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/folders.ts';

const PAGE = join(ROOT, 'docs', 'sandbox-stripe-cli.md');
const ROW = /^\| `(stripe [^`]+)` \| (yes|no) \|/;

export interface Row {
  command: string;
  passes: boolean;
}

/** Every row of every table whose second column says whether the command passes. */
export function rowsOfPage(): Row[] {
  return readFileSync(PAGE, 'utf8').split('\n').flatMap((line) => {
    const [, command, verdict] = ROW.exec(line) ?? [];
    return command === undefined ? [] : [{ command, passes: verdict === 'yes' }];
  });
}
