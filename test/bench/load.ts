/** Requests in numbers: a few connections that are kept, each asking again as soon as it is answered. */
import { Agent, request, type OutgoingHttpHeaders } from 'node:http';

const CONNECTIONS = 8;
/** One of the emulators counts the calls of a key and refuses the 5,001st of an hour. */
const CALLS_PER_KEY = 1000;

export interface Call {
  method: 'GET' | 'POST';
  path: string;
  /** Form text. */
  body?: string;
}

export interface Load {
  /**
   * Sends up to `count` calls, the n-th from `call(n)`, and begins none after `limitMs`. Answers with the requests a second
   * and the answers' bodies. Throws at any answer but 200.
   */
  send(count: number, call: (n: number) => Call, limitMs?: number): Promise<{ rate: number; bodies: string[] }>;
  close(): void;
}

export function openLoad(url: string): Load {
  let sent = 0;
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  return {
    async send(count, call, limitMs = Infinity) {
      const bodies: string[] = [];
      let next = 0;
      const began = performance.now();
      const goesOn = (): boolean => next < count && performance.now() - began < limitMs;
      const worker = async (): Promise<void> => {
        for (let n = next++; n < count; n = goesOn() ? next++ : count) bodies.push(await ask(agent, url, call(n), key(sent++)));
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, worker));
      return { rate: bodies.length / ((performance.now() - began) / 1000), bodies };
    },
    close: () => agent.destroy(),
  };
}

function key(sent: number): string {
  return `sk_test_benchmark_of_emulators_${Math.floor(sent / CALLS_PER_KEY)}`;
}

function ask(agent: Agent, url: string, { method, path, body = '' }: Call, apiKey: string): Promise<string> {
  const headers: OutgoingHttpHeaders = { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${method} ${path} answered ${response.statusCode}: ${text.slice(0, 300)}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
