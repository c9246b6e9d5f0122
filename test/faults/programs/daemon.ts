/** A program for the tests: a daemon on the cache file that it is told, which kills itself at a step, or is wrong in one way. */
import { interruption, untilInterrupted } from '../../../cli/until-interrupted.ts';
import { cacheFileAt } from '../../support/caches.ts';
import { openDaemon } from '../../support/daemon.ts';
import { aroundEachAnswer, beforeEachStatement } from '../steps.ts';
import { through, type Wrong } from '../wrong.ts';

export interface DaemonProgram {
  path: string;
  stripeApiBase?: string;
  port?: number;
  /** SIGKILL before the step of this number, counted from when it listens. */
  killAt?: number;
  wrong?: Wrong;
  /** At SIGTERM it ends without another look. */
  endsAtOnce?: boolean;
}

const { path, killAt, wrong, endsAtOnce, ...settings } = JSON.parse(process.argv[2] ?? '') as DaemonProgram;
let steps = -Infinity;
const step = (): void => {
  steps += 1;
  if (steps === killAt) process.kill(process.pid, 'SIGKILL');
};
if (killAt !== undefined) {
  beforeEachStatement(path, step);
  aroundEachAnswer(step);
}
if (endsAtOnce) process.once('SIGTERM', () => process.exit());
const interrupted = interruption();
const daemon = await openDaemon({ beside: { file: cacheFileAt(path) }, through: through(wrong, path), ...settings });
steps = 0;
process.stdout.write(`listens on ${daemon.url} as ${process.pid}\n`);
await untilInterrupted(interrupted);
steps = -Infinity;
await daemon.close();
process.exit();
