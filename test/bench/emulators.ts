/** The local Stripes that are compared: ours, and the stateful ones of the npm registry. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freshFolder, ROOT, type FreshFolder } from '../support/folders.ts';
import { runs } from '../support/programs.ts';
import { waitFor } from '../support/wait-for.ts';

const START_LIMIT_MS = 20_000;
const START_PAUSE_MS = 2;
const PEERS_FOLDER = join(ROOT, '.tools', 'emulators');
const KIBIBYTE = 1024;

export interface Emulator {
  name: string;
  /** What npm installs, for a peer. */
  package?: string;
  /** What Node runs. */
  command(port: number, folder: string): { args: string[]; env?: Record<string, string> };
}

const peer = (path: string): string => join(PEERS_FOLDER, 'node_modules', path);

export const OURS: Emulator = {
  name: 'devchat sandbox',
  command: (port, folder) => ({ args: [join(ROOT, 'bin', 'devchat.js'), 'sandbox', '--port', String(port), '--data', folder] }),
};

export const PEERS: readonly Emulator[] = [
  {
    name: 'emulate 0.11.2',
    package: 'emulate@0.11.2',
    command: (port) => ({ args: [peer('emulate/dist/index.js'), '--service', 'stripe', '--port', String(port)] }),
  },
  {
    name: 'stripe-stateful-mock 0.0.16',
    package: 'stripe-stateful-mock@0.0.16',
    command: (port) => ({ args: [peer('stripe-stateful-mock/dist/cli.js')], env: { PORT: String(port), LOG_LEVEL: 'silent' } }),
  },
];

/** Installs the peers under .tools/, out of the way of package.json. */
export function bringPeers(): void {
  const missing = PEERS.filter((one) => !existsSync(peer(one.package!.replace(/@[^@]+$/, ''))));
  if (missing.length === 0) return;
  const packages = PEERS.map((one) => one.package!);
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', PEERS_FOLDER];
  if (!runs('npm', ['install', ...options, ...packages])) throw new Error(`npm could not install ${packages.join(' and ')}`);
}

export interface RunningEmulator {
  url: string;
  /** From the start of its process to its first answer. */
  startMilliseconds: number;
  /** Resident memory, in bytes. */
  memory(): number;
  stop(): Promise<void>;
}

/** Starts an emulator on a free port, with a folder of its own, and waits for its first answer. */
export async function start(emulator: Emulator): Promise<RunningEmulator> {
  const folder = freshFolder();
  const port = await freePort();
  const { args, env } = emulator.command(port, folder.path);
  const began = performance.now();
  const child = spawn(process.execPath, args, { cwd: folder.path, env: { PATH: process.env.PATH, HOME: folder.path, ...env }, stdio: 'ignore' });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  const url = `http://127.0.0.1:${port}`;
  await waitFor(`${emulator.name} to answer`, () => answers(url), START_LIMIT_MS, START_PAUSE_MS);
  return { url, startMilliseconds: performance.now() - began, memory: () => residentBytes(child.pid!), stop: () => stop(child, folder) };
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/v1/customers?limit=1`, { headers: { Authorization: 'Bearer sk_test_benchmark_of_starts' } });
  await answer.arrayBuffer();
  return answer.ok;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** As Linux counts it; elsewhere unknown. */
function residentBytes(pid: number): number {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) * KIBIBYTE;
}

async function stop(child: ChildProcess, folder: FreshFolder): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  folder.remove();
}
