/** A running sandbox for one story, with the real SDK pointed at it and somebody who hears its webhooks. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { startSandbox, type StartOptions } from '../../../sandbox/main.ts';

export const KEY = 'sk_test_sandbox_stories';

export interface SandboxUnderTest {
  url: string;
  stripe: Stripe;
  /** Calls the API without the SDK. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Moves the sandbox's time. */
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export async function openSandbox(options: Partial<StartOptions> = {}): Promise<SandboxUnderTest> {
  const { url, port, close } = await startSandbox({ port: 0, ...options });
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { Authorization: `Bearer ${KEY}`, ...init.headers } });
  return {
    url,
    stripe: connect(port),
    call,
    close,
    async advance(seconds) {
      const body = JSON.stringify({ seconds });
      const answer = await call('/_sandbox/advance', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
      if (!answer.ok) throw new Error(`advance by ${seconds}: ${await answer.text()}`);
    },
  };
}

export function connect(port: number, key = KEY): Stripe {
  return new Stripe(key, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0 });
}

export interface Heard {
  type: string;
  id: string;
  body: string;
  signature: string;
  path: string;
}

/** A webhook receiver on a port of its own. */
export interface Listener {
  url: string;
  port: number;
  heard: Heard[];
  /** What it answers from now on. */
  answer(status: number): void;
  /** Leaves posts unanswered until `release`. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

export async function openListener(port = 0): Promise<Listener> {
  const heard: Heard[] = [];
  let status = 200;
  let held: (() => void)[] | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { id, type } = JSON.parse(body) as { id: string; type: string };
      heard.push({ id, type, body, signature: String(request.headers['stripe-signature']), path: request.url ?? '' });
      const respond = () => response.writeHead(status).end('heard');
      if (held) held.push(respond);
      else respond();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}/webhook`,
    port: taken,
    heard,
    answer: (code) => (status = code),
    hold: () => (held ??= []),
    release() {
      held?.forEach((respond) => respond());
      held = undefined;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
