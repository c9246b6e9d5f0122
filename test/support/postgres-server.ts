/** A real PostgreSQL server of the tests' own: an installed one's programs, else Debian's package, over a fresh folder on a free port. */
import { spawn, spawnSync, execFileSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { freshFolder } from './folders.ts';
import { bringDebians, firstThatRuns, onPath } from './programs.ts';
import { waitFor } from './wait-for.ts';

const USER = 'devchat';
const DEBIANS_FOLDER = '/usr/lib/postgresql';
const START_LIMIT_MS = 20_000;
/** Those of two test files at once, each with several caches. */
const MOST_CONNECTIONS = 300;
/** The server refuses to run as root. */
const OTHER_USERS = ['postgres', 'nobody'];
/** When whoever started it is gone, however that came, its standard input ends, and so does the server. */
const WITH_US = '"$@" & server=$!; while read -r _; do :; done; kill -QUIT $server; wait $server';

export interface PostgresServer {
  /** The address of one of its databases, with user and password. */
  url(database: string): string;
  port: number;
  /** It is gone at once, and with it every connection; `start` has it again, on the same port with the same data. */
  crash(): Promise<void>;
  start(): Promise<void>;
  /** Ends it, and deletes its data. */
  stop(): Promise<void>;
}

/** The folder of the server's programs; undefined where there are none. */
function findPostgres(): string | undefined {
  const versions = existsSync(DEBIANS_FOLDER) ? readdirSync(DEBIANS_FOLDER).sort((one, other) => Number(other) - Number(one)) : [];
  const found = firstThatRuns([...onPath(['postgres']), ...versions.map((version) => join(DEBIANS_FOLDER, version, 'bin', 'postgres'))]);
  return found && dirname(found);
}

/** Finds a server or installs Debian's package. */
export function bringPostgres(): string | undefined {
  return findPostgres() ?? (bringDebians('postgresql') ? findPostgres() : undefined);
}

/** Starts a fresh server. Committed means on the disk, as in production. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<PostgresServer> {
  const programs = bringPostgres();
  if (programs === undefined) throw new Error('PostgreSQL is neither installed nor could be installed; test/README.md says how to get it');
  const fresh = freshFolder();
  const data = join(fresh.path, 'data');
  const owner = ownerOf(fresh.path);
  const password = randomBytes(12).toString('hex');
  initialise({ programs, data, password, owner, folder: fresh.path });
  const port = await freePort();
  const given = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: fresh.path, max_connections: String(MOST_CONNECTIONS), ...settings };
  const parameters = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let running: ChildProcess | undefined;
  const server: PostgresServer = {
    port,
    url: (database) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`,
    start: async () => {
      running = spawn('sh', ['-c', WITH_US, 'sh', join(programs, 'postgres'), '-D', data, ...parameters], { ...owner, stdio: ['pipe', 'ignore', 'ignore'], cwd: fresh.path });
      await waitFor('PostgreSQL to answer', () => answers(server.url('postgres')), START_LIMIT_MS, 50);
    },
    crash: async () => {
      running?.stdin?.end();
      if (running?.exitCode === null) await once(running, 'exit');
    },
    stop: async () => {
      await server.crash();
      fresh.remove();
    },
  };
  await server.start();
  return server;
}

interface Owner {
  uid?: number;
  gid?: number;
}

function ownerOf(folder: string): Owner {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = OTHER_USERS.map(idsOf).find((ids) => ids !== undefined) ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`PostgreSQL refuses to run as root, and there is no user ${OTHER_USERS.join(' or ')}`);
  chownSync(folder, uid, gid);
  return { uid, gid };
}

function idsOf(user: string): [uid: number, gid: number] | undefined {
  const [uid, gid] = ['-u', '-g'].map((what) => spawnSync('id', [what, user], { encoding: 'utf8' }).stdout.trim());
  return uid && gid ? [Number(uid), Number(gid)] : undefined;
}

function initialise({ programs, data, password, owner, folder }: { programs: string; data: string; password: string; owner: Owner; folder: string }): void {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  const parameters = ['-D', data, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(programs, 'initdb'), parameters, { ...owner, cwd: folder, stdio: 'pipe' });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}
