/** Speaks to a running sandbox about itself. */
import { InvalidArgumentError, Option } from 'commander';
import { DevchatError } from '../../core/errors.ts';
import type { Context } from '../context.ts';
import { port } from '../options.ts';

/** Where a sandbox listens when nobody says where. */
export const DEFAULT_PORT = 12_111;

const TIMEOUT_MILLISECONDS = 120_000;
const NOT_FOUND = 404;

/** Which running sandbox is meant. */
export interface SandboxChoice {
  port?: number | undefined;
}

export const runningPortOption = () => new Option('--port <number>', `the port of the sandbox that is meant; else the one set up, else ${DEFAULT_PORT}`).argParser(runningPort);

/** The address of the sandbox that is meant: by its port, else the one that the settings name, else the default. */
export function sandboxAddress({ port }: SandboxChoice, context: Context): string {
  const chosen = port === undefined ? context.config().stripeApiBase : addressAt(port);
  return chosen ?? addressAt(DEFAULT_PORT);
}

/**
 * Calls `/_sandbox…` of the sandbox at `address`. Throws `unreachable` where none answers, `not-found` where what is named does
 * not exist, `usage` where it refuses, and `failed` where it fails.
 */
export async function askSandbox(address: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetchFrom(address, `/_sandbox${path}`, body);
  const json = (await answer.json().catch(() => undefined)) as { error?: { message?: string } } | undefined;
  if (answer.ok && json) return json;
  const message = json?.error?.message;
  if (message === undefined) throw new DevchatError('unreachable', `what answers at ${address} is no sandbox`, 'name the port of one with --port, or set STRIPE_API_BASE to where devchat sandbox listens');
  if (answer.status >= 500) throw new DevchatError('failed', `the sandbox failed: ${message}`, 'its own output says where');
  throw new DevchatError(answer.status === NOT_FOUND ? 'not-found' : 'usage', `the sandbox refused: ${message}`);
}

function addressAt(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** For commander: nobody listens on port 0. */
function runningPort(text: string): number {
  const number = port(text);
  if (number === 0) throw new InvalidArgumentError('It is the port on which the sandbox listens, 1 or more.');
  return number;
}

async function fetchFrom(address: string, path: string, body: object | undefined): Promise<Response> {
  const post = body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  try {
    return await fetch(`${address}${path}`, { ...post, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
  } catch (error) {
    throw new DevchatError('unreachable', `no sandbox answers at ${address}`, 'start one with devchat up or devchat sandbox, or name the port of another with --port', error);
  }
}
