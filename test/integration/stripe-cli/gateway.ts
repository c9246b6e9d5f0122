/** Stands between a Stripe CLI and the sandbox: remembers what the program was answered, and cuts its WebSockets. */
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';

const SESSIONS = '/v1/stripecli/sessions';

export interface Gateway {
  /** For `--api-base`. */
  url: string;
  /** Whether the program's own calls caused an event: by its request, or, when nobody's request did, by its object. */
  caused(event: { request: { id: string | null } | null; data: { object: object } }): boolean;
  /** Cuts every WebSocket that is open now, without a word. */
  cut(): void;
  /** Cuts the next WebSocket when so many bytes have come from the sandbox. */
  cutAfter(bytes: number): void;
  /** Answers the next calls for a session with these statuses, before the sandbox is asked again. */
  failSessions(...statuses: number[]): void;
  /** The ids of the sessions that it was given, oldest first. */
  sessions(): string[];
  /** How many WebSockets it has opened so far. */
  connections(): number;
  close(): Promise<void>;
}

/** A gateway to the sandbox at `port`. */
export async function openGateway(port: number): Promise<Gateway> {
  const server = createServer();
  const requestIds = new Set<string>();
  const tunnels = new Set<() => void>();
  const failures: number[] = [];
  let answers = '';
  const sessions: string[] = [];
  let connections = 0;
  let limit = Number.POSITIVE_INFINITY;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const failure = request.url === SESSIONS ? failures.shift() : undefined;
    if (failure !== undefined) return void response.writeHead(failure).end(JSON.stringify({ error: { message: `a ${failure}` } }));
    const answer = await forward(request, port);
    requestIds.add(String(answer.headers['request-id']));
    const body = await text(answer);
    answers += body;
    if (request.url === SESSIONS) sessions.push((JSON.parse(body) as { websocket_id: string }).websocket_id);
    const { 'content-length': _, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, headers).end(request.url === SESSIONS ? body.replaceAll(`:${port}/`, `:${portOf(server)}/`) : body);
  }

  function tunnel(request: IncomingMessage, socket: Duplex): void {
    connections += 1;
    const end = openTunnel(request, socket as Socket, port, limit);
    limit = Number.POSITIVE_INFINITY;
    tunnels.add(end);
    socket.once('close', () => tunnels.delete(end));
  }

  server.on('request', (request, response) => void pass(request, response).catch(() => response.destroy()));
  server.on('upgrade', tunnel);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    caused: ({ request, data }) => (request?.id ? requestIds.has(request.id) : answers.includes(String((data.object as { id?: string }).id))),
    cut: () => tunnels.forEach((end) => end()),
    cutAfter: (bytes) => (limit = bytes),
    failSessions: (...statuses) => void failures.push(...statuses),
    sessions: () => sessions,
    connections: () => connections,
    close: () => closed(server, tunnels),
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function forward(request: IncomingMessage, port: number): Promise<IncomingMessage> {
  const { url, method, headers } = request;
  return new Promise((resolve, reject) => {
    request.pipe(httpRequest({ host: '127.0.0.1', port, path: url, method, headers, agent: false }, resolve).on('error', reject));
  });
}

/** Returns how to cut it. */
function openTunnel(request: IncomingMessage, socket: Socket, port: number, limit: number): () => void {
  const upstream = connect(port, '127.0.0.1');
  const end = (): void => {
    socket.resetAndDestroy();
    upstream.resetAndDestroy();
  };
  let received = 0;
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}`);
  upstream.write(`GET ${request.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  upstream.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > limit) end();
    else socket.write(chunk);
  });
  socket.pipe(upstream);
  for (const one of [socket, upstream]) one.on('error', end).on('close', end);
  return end;
}

function closed(server: Server, tunnels: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
    tunnels.forEach((end) => end());
  });
}
