/** A line between devchat and its Stripe: a test may hold each call on it, lose it, or lose its answer. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface Call {
  /** 1 for the first one on this line. */
  number: number;
  /** The Stripe key that it shows. */
  caller: string;
  method: string;
  /** Without the query. */
  path: string;
  isWrite: boolean;
}

/** `lost`: the connection is cut there. */
type Fate = 'lost' | void;

/** What happens to calls; left out is nothing. */
export interface Manner {
  before?(call: Call): Promise<Fate> | Fate;
  /** Stripe has answered, and the answer has not gone back yet. */
  after?(call: Call): Promise<Fate> | Fate;
  /** The idempotency key that goes on instead of this one; `undefined` is none. */
  idempotencyKey?(key: string, call: Call): string | undefined;
  /** Sees what Stripe has answered; what is changed here goes back changed. */
  answered?(answer: Answer, call: Call): void;
}

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface Line {
  url: string;
  /** Those of all callers so far. */
  calls: Call[];
  /** How calls are treated from now on. */
  manner: Manner;
  close(): Promise<void>;
}

/** `target` is the address of Stripe's API. */
export async function openLine(target: string, manner: Manner = {}): Promise<Line> {
  const server = createServer((incoming, outgoing) => void carry(line, target, incoming, outgoing).catch(() => cut(incoming)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const line: Line = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    manner,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return line;
}

async function carry(line: Line, target: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { manner } = line;
  const call = callOf(incoming, line.calls.length + 1);
  line.calls.push(call);
  if ((await manner.before?.(call)) === 'lost') return cut(incoming);
  const answer = await answerTo(incoming, `${target}${incoming.url}`, headersOf(incoming, call, manner));
  if ((await manner.after?.(call)) === 'lost') return cut(incoming);
  manner.answered?.(answer, call);
  outgoing.writeHead(answer.status, answer.headers).end(answer.body);
}

function callOf({ method = '', url = '', headers }: IncomingMessage, number: number): Call {
  return { number, caller: headers.authorization?.replace('Bearer ', '') ?? '', method, path: url.split('?', 1)[0] ?? '', isWrite: method !== 'GET' };
}

function headersOf({ headers }: IncomingMessage, call: Call, { idempotencyKey }: Manner): IncomingMessage['headers'] {
  const { 'idempotency-key': key, ...others } = headers;
  const sent = typeof key === 'string' && idempotencyKey ? idempotencyKey(key, call) : key;
  return sent === undefined ? others : { ...others, 'idempotency-key': sent };
}

/** Whole: the work is done and the answer is known before anything of it goes back. */
async function answerTo(incoming: IncomingMessage, url: string, headers: IncomingMessage['headers']): Promise<Answer> {
  const onward = forward(url, { method: incoming.method, headers });
  incoming.pipe(onward);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  const body: Buffer[] = [];
  for await (const part of answer) body.push(part as Buffer);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(body).toString() };
}

function cut({ socket }: IncomingMessage): void {
  socket.destroy();
}
