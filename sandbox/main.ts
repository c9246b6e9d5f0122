/** Starts the sandbox: listens on loopback and serves Stripe's API from one state file. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSandbox, type Sandbox } from './app.ts';

export { SWITCHES } from './switches.ts';

const STATE_FILE = 'sandbox.sqlite';
const LOOPBACK = '127.0.0.1';

export interface StartOptions {
  /** 0 takes a free port. */
  port: number;
  /** Where the state is kept; without it the sandbox forgets everything at its end. */
  dataFolder?: string;
  host?: string;
  /** Whether a fresh sandbox has a default portal configuration. */
  defaultPortal?: boolean;
  /** Switches to set, by name; values may be text. */
  switches?: Record<string, unknown>;
}

export interface RunningSandbox {
  url: string;
  port: number;
  /** Every switch that was set, now or in an earlier run. */
  switches: Record<string, unknown>;
  close(): Promise<void>;
}

/**
 * Starts a local Stripe. Rejects with Node's own Error (`code: 'EADDRINUSE'`) when the port is taken, and with an Error that
 * names the state file when that cannot be used.
 */
export async function startSandbox(options: StartOptions): Promise<RunningSandbox> {
  const { dataFolder, host = LOOPBACK, defaultPortal = true, switches } = options;
  const server = createServer();
  const port = await listen(server, options.port, host);
  const url = `http://${LOOPBACK}:${port}`;
  try {
    const file = dataFolder === undefined ? undefined : join(dataFolder, STATE_FILE);
    const sandbox = createSandbox({ server, baseUrl: url, file, defaultPortal, switches });
    server.on('request', sandbox.app);
    return { url, port, switches: sandbox.world.switches.given(), close: () => stop(server, sandbox) };
  } catch (error) {
    server.close();
    throw error;
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function stop(server: Server, sandbox: Sandbox): Promise<void> {
  const stopped = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await sandbox.close();
  await stopped;
}
