/** Runs the built command line as a process of its own, from its start to its end, and tells what that took. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/folders.ts';

const LOOK_EVERY_MILLISECONDS = 20;

/** `mebibytes` at its peak, of memory that is resident. */
export interface Measured {
  seconds: number;
  mebibytes: number;
  said: string;
}

/** Runs `devchat` with these words; settings and data lie in `folder`. Throws where it does not end with 0. */
export async function wholeProcess(words: readonly string[], folder: string): Promise<Measured> {
  const began = performance.now();
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'devchat.js'), ...words], {
    env: { PATH: process.env.PATH, HOME: folder, DEVCHAT_CONFIG_DIR: folder, DEVCHAT_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Buffer[] = [];
  let peak = 0;
  child.stdout.on('data', (data: Buffer) => said.push(data));
  const looking = setInterval(() => (peak = Math.max(peak, peakOf(child.pid!))), LOOK_EVERY_MILLISECONDS);
  const [code] = (await once(child, 'close')) as [number];
  clearInterval(looking);
  const seconds = (performance.now() - began) / 1000;
  if (code !== 0) throw new Error(`devchat ${words.join(' ')} ended with ${code}: ${String(Buffer.concat(said))}`);
  return { seconds, mebibytes: peak, said: String(Buffer.concat(said)) };
}

/** The highest it has been, as Linux counts; 0 once the process is gone. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
