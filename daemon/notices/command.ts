/** Hands a notice to the owner's command, as JSON on its standard input. */
import { spawn, type ChildProcess } from 'node:child_process';
import { env } from 'node:process';
import type { Config } from '../../core/config.ts';
import { withoutSecrets } from '../../core/inherited.ts';
import type { Send } from './sender.ts';

const STDERR_CHARACTERS = 4_096;

/** Exit 0 is success; else the last line that it wrote to standard error says why. When time is up it is killed with its children. */
export function sendToCommand({ noticeCommand = '' }: Pick<Config, 'noticeCommand'>): Send {
  return ({ id, body }, signal) =>
    new Promise((resolve, reject) => {
      const child = spawn('sh', ['-c', noticeCommand], { detached: true, stdio: ['pipe', 'ignore', 'pipe'], env: withoutSecrets(env) });
      signal.addEventListener('abort', () => reject(killWithChildren(child)), { once: true });
      let written = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (written = (written + text).slice(-STDERR_CHARACTERS)));
      child.stdin.on('error', () => undefined); // it need not read its input
      child.stdin.end(`${JSON.stringify({ id, ...(JSON.parse(body) as object) })}\n`);
      child.once('error', reject);
      child.once('exit', (code) => code === 0 && resolve(void child.stderr.destroy()));
      child.once('close', (code, killedBy) => reject(new Error([code === null ? `killed by ${killedBy}` : `exit ${code}`, lastLine(written)].filter(Boolean).join(', '))));
    });
}

/** The shell leads a process group of its own. */
function killWithChildren({ pid, stderr }: ChildProcess): Error {
  stderr?.destroy(); // a child that left the group may hold it open
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of them have ended.
  }
  return new Error('killed');
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
