/**
 * The WebSockets of the official Stripe CLI. What a session has not acknowledged is sent again when it comes back with the
 * same id; what it has acknowledged is never sent again.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type Stripe from 'stripe';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Store } from '../world.ts';
import { nextBatch } from './batch.ts';
import { eventFrames, hear } from './cli-frames.ts';
import { createAbsences, failPending, findCliSession, insertCliSession } from './cli-sessions.ts';
import { nowOf, type CourierParts } from './courier.ts';
import { pendingDeliveries } from './deliveries.ts';
import type { CliSession } from './receivers.ts';
import { requestLogFrame, type RequestLog } from './request-logs.ts';
import { soon } from './soon.ts';

export const CLI_SOCKET_PATH = '/v1/stripecli/socket';
const SUBPROTOCOL = 'stripecli-devproxy-v1';
/** A CLI that is back first tells what it acknowledged while it was cut off; after this much silence the rest is sent again. */
const SILENCE_MILLISECONDS = 300;

export interface CliSockets {
  open(wanted: Pick<CliSession, 'feature' | 'filters' | 'forwards_to'>): CliSession;
  /** Looks for unsent events soon, after the transaction that is open now. */
  wake(): void;
  /** Tells those who tail the request logs of one answered call. */
  tellRequest(log: () => RequestLog): void;
  close(): void;
}

interface Connection {
  webSocket: WebSocket;
  session: CliSession;
  /** The deliveries that went over this very socket. */
  sent: Set<string>;
  /** Runs while the CLI may still tell what it acknowledged before. */
  silence: NodeJS.Timeout | undefined;
  /** Runs while a delivery waits for its moment. */
  alarm: NodeJS.Timeout | undefined;
}

/** Serves the sockets on `server` and keeps the sessions in the store. */
export function createCliSockets(parts: CourierParts, server: Server): CliSockets {
  const { store } = parts;
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
  const absences = createAbsences(store);
  const connections = new Map<string, Connection>();

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const session = knownSession(store, request);
    if (session === undefined) refuse(socket);
    else sockets.handleUpgrade(request, socket, head, (webSocket) => connect(session, webSocket));
  }

  function connect(session: CliSession, webSocket: WebSocket): void {
    absences.end(session.id);
    const connection = greet(parts, session, webSocket);
    const former = connections.get(session.id);
    connections.set(session.id, connection);
    if (former) cut(former);
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('close', () => {
      cut(connection);
      if (connections.get(session.id) === connection && connections.delete(session.id)) absences.begin(session.id);
    });
  }

  server.on('upgrade', upgrade);
  return {
    open(wanted) {
      const session = insertCliSession(store, wanted);
      absences.begin(session.id);
      return session;
    },
    wake: soon(() => connections.forEach((connection) => sendDue(parts, connection))),
    tellRequest: (log) => connections.forEach((connection) => sendRequest(connection, log)),
    close() {
      server.off('upgrade', upgrade);
      absences.close();
      connections.forEach(cut);
      connections.clear();
    },
  };
}

function knownSession(store: Store, request: IncomingMessage): CliSession | undefined {
  const id = request.headers['websocket-id'];
  return typeof id === 'string' && request.url?.startsWith(CLI_SOCKET_PATH) ? findCliSession(store, id) : undefined;
}

/** The text is what makes the CLI authorize anew. */
function refuse(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  const body = JSON.stringify({ error: { message: 'Unknown WebSocket ID.' } });
  const head = `HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
  socket.end(`${head}\r\n\r\n${body}`);
}

/** A new session hears at once; one that is back may first say what it has heard. */
function greet(parts: CourierParts, session: CliSession, webSocket: WebSocket): Connection {
  const { store } = parts;
  const connection: Connection = { webSocket, session: { ...session, connected: true }, sent: new Set(), silence: undefined, alarm: undefined };
  if (session.connected) connection.silence = setTimeout(() => resume(parts, connection), SILENCE_MILLISECONDS);
  else store.save(connection.session);
  webSocket.on('message', (data: Buffer) => {
    hear(store, data.toString());
    connection.silence?.refresh();
  });
  sendDue(parts, connection);
  return connection;
}

function resume(parts: CourierParts, connection: Connection): void {
  connection.silence = undefined;
  if (parts.switches.get('cli_unacknowledged') === 'forget') failPending(parts.store, connection.session.id);
  sendDue(parts, connection);
}

function sendDue(parts: CourierParts, connection: Connection): void {
  const { store, switches } = parts;
  const { webSocket, session, sent, silence } = connection;
  if (silence !== undefined) return;
  const unsent = pendingDeliveries(store, session.id).filter(({ id }) => !sent.has(id));
  const { now, wait } = nextBatch(unsent, nowOf(parts), switches.get('shuffle_events'));
  clearTimeout(connection.alarm);
  if (wait !== undefined) connection.alarm = setTimeout(() => sendDue(parts, connection), wait).unref();
  for (const delivery of now) {
    sent.add(delivery.id);
    const event = store.find<Stripe.Event>('event', delivery.event);
    if (event) for (const frame of eventFrames(store, event, delivery)) webSocket.send(frame);
  }
}

function sendRequest({ webSocket, session }: Connection, log: () => RequestLog): void {
  const frame = session.feature === 'request_logs' ? requestLogFrame(log(), session.filters) : undefined;
  if (frame !== undefined) webSocket.send(frame);
}

function cut({ webSocket, silence, alarm }: Connection): void {
  clearTimeout(silence);
  clearTimeout(alarm);
  webSocket.terminate();
}
