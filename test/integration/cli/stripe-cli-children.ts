/** Which Stripe CLIs run towards a daemon, as the system sees them. */
import { execFileSync } from 'node:child_process';

export interface RunningCli {
  pid: number;
  /** The whole command line, as anybody on this machine can read it. */
  commandLine: string;
}

/** Those whose arguments contain `address`. */
export function stripeClisTowards(address: string): RunningCli[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes('stripe listen') && line.includes(address)).map((line) => {
    const [, pid = '', commandLine = ''] = /^\s*(\d+)\s(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), commandLine };
  });
}
