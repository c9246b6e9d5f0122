/** Starts each webhook server as a process of its own, with a fresh folder, its log going to a file. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshFolder, ROOT, type FreshFolder } from '../support/folders.ts';
import { waitFor } from '../support/wait-for.ts';
import { KEY, SECRET } from './webhook-events.ts';

const START_LIMIT_MS = 20_000;
/** Linux counts a process's time in these: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const TICK_MICROSECONDS = 10_000;
const REFERENCE = fileURLToPath(new URL('webhook-reference.ts', import.meta.url));
const DEVCHAT = join(ROOT, 'bin', 'devchat.js');

export const SERVERS = { bare: '(1) bare node:http', express: '(3) Express, stores nothing', commits: '(4) Express, a commit each', devchat: 'devchat' } as const;
export type ServerName = keyof typeof SERVERS;

export interface RunningServer {
  port: number;
  /** Where it stores, if it does. */
  file: string;
  /** Processor time of all its threads so far. */
  cpuMicroseconds(): number;
  /** SIGKILL: what it has acknowledged must be stored all the same. The file stays until `remove`. */
  kill(): Promise<void>;
  remove(): void;
}

/** `stripe` is the address of a sandbox, which devchat asks at its start; `fill` makes its file before. */
export async function startServer(name: ServerName, stripe: string, fill: (file: string) => void | Promise<void> = () => undefined): Promise<RunningServer> {
  const folder = freshFolder();
  const file = join(folder.path, 'cache.sqlite');
  await fill(file);
  const log = openSync(join(folder.path, 'log'), 'w');
  const args = name === 'devchat' ? [DEVCHAT, 'serve', '--port', '0'] : [...process.execArgv, REFERENCE, name, file];
  const child = spawn(process.execPath, args, { cwd: ROOT, env: environmentOf(folder, file, stripe), stdio: ['ignore', 'pipe', log] });
  closeSync(log);
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  return { port: await portOf(child, name), file, cpuMicroseconds: () => cpuMicroseconds(child.pid!), kill: () => kill(child), remove: () => folder.remove() };
}

function environmentOf({ path }: FreshFolder, file: string, stripe: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: path,
    DEVCHAT_CONFIG_DIR: path,
    DEVCHAT_DATA_DIR: path,
    DEVCHAT_CACHE: file,
    STRIPE_SECRET_KEY: KEY,
    STRIPE_API_BASE: stripe,
    STRIPE_WEBHOOK_SECRET: SECRET,
    CHALLENGE_ID: 'bench',
  };
}

async function portOf(child: ChildProcess, name: string): Promise<number> {
  let printed = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const found = await waitFor(`${name} to listen`, () => /http:\/\/127\.0\.0\.1:(\d+)/.exec(printed), START_LIMIT_MS);
  return Number(found![1]);
}

function cpuMicroseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
