/** Hands a notice to the owner's command, as JSON on its standard input. */
import { spawn, type ChildProcess } from 'node:child_process';
import { env } from 'node:process';
import { shownLocation } from '../../core/cache/location.ts';
import { SETTINGS, type Config } from '../../core/config.ts';
import type { Send } from './sender.ts';

const STDERR_CHARACTERS = 4_096;

/** What the command must not inherit; the Stripe CLI's own key and the password for PostgreSQL are among it. */
const SECRETS: readonly string[] = [...Object.values(SETTINGS).flatMap((setting) => (setting.secret ? [setting.env] : [])), 'STRIPE_API_KEY', 'PGPASSWORD'];

/** Exit 0 is success; else the last line that it wrote to standard error says why. When time is up it is killed with its children. */
export function sendToCommand({ noticeCommand = '' }: Pick<Config, 'noticeCommand'>): Send {
  return ({ id, body }, signal) =>
    new Promise((resolve, reject) => {
      const child = spawn('sh', ['-c', noticeCommand], { detached: true, stdio: ['pipe', 'ignore', 'pipe'], env: withoutSecrets() });
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

/** The address of a cache is one where it holds a password. */
function withoutSecrets(): NodeJS.ProcessEnv {
  const isSecret = (name: string, value = '') => SECRETS.includes(name) || (name === SETTINGS.cache.env && shownLocation(value) !== value);
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => !isSecret(name, value)));
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
