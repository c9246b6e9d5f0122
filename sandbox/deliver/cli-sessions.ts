/**
 * The sessions of the official Stripe CLI (`stripe listen`) and their WebSockets. What a session has not acknowledged is
 * sent again when it reconnects with the same id.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type Stripe from 'stripe';
import { WebSocketServer, type WebSocket } from 'ws';
import { API_VERSION } from '../api-version.ts';
import { realSeconds } from '../clock.ts';
import { newId } from '../ids.ts';
import { toJson } from '../wire/json.ts';
import type { Store } from '../world.ts';
import { findDelivery, logAttempt, pendingDeliveries, settle, type Delivery } from './deliveries.ts';
import { cliSessions, CLI_SESSION_KIND, type CliSession } from './receivers.ts';
import { eventHeaders } from './signature.ts';

export const CLI_SOCKET_PATH = '/v1/stripecli/socket';
const SUBPROTOCOL = 'stripecli-devproxy-v1';
const SECRET_SETTING = 'cli.secret';
/** A session that is away longer is forgotten; the CLI tries to come back every 10 seconds. */
const AWAY_MILLISECONDS = 60_000;

export interface CliSessions {
  open(forwardsTo: string | null): CliSession;
  /** Looks for unsent events soon, after the transaction that is open now. */
  wake(): void;
  close(): void;
}

/** The secret that signs for the CLI: one for the account, so that `--print-secret` before `listen` tells the right one. */
export function cliSecret(store: Store): string {
  const known = store.setting(SECRET_SETTING);
  if (known !== undefined) return known;
  const fresh = newId('whsec');
  store.setSetting(SECRET_SETTING, fresh);
  return fresh;
}

/** Serves the sockets on `server` and keeps the sessions in the store. */
export function createCliSessions(store: Store, server: Server): CliSessions {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
  const absences = createAbsences(store);
  const connections = new Map<string, Connection>();

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const id = knownSession(store, request);
    if (id === undefined) refuse(socket);
    else sockets.handleUpgrade(request, socket, head, (webSocket) => connect(id, webSocket));
  }

  function connect(id: string, webSocket: WebSocket): void {
    absences.end(id);
    const connection = { webSocket, sent: new Set<string>() };
    connections.set(id, connection);
    webSocket.on('message', (data: Buffer) => hear(store, data.toString()));
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('close', () => {
      if (connections.get(id) === connection && connections.delete(id)) absences.begin(id);
    });
    sendPending(store, id, connection);
  }

  server.on('upgrade', upgrade);
  return {
    open(forwards_to) {
      const session = store.insert<CliSession>({ id: newId('clisess'), object: CLI_SESSION_KIND, created: realSeconds(), forwards_to });
      absences.begin(session.id);
      return session;
    },
    wake: () => void setImmediate(() => connections.forEach((connection, id) => sendPending(store, id, connection))),
    close() {
      server.off('upgrade', upgrade);
      absences.close();
      for (const { webSocket } of connections.values()) webSocket.terminate();
      connections.clear();
    },
  };
}

function knownSession(store: Store, request: IncomingMessage): string | undefined {
  const id = request.headers['websocket-id'];
  const isHere = typeof id === 'string' && request.url?.startsWith(CLI_SOCKET_PATH) && store.find(CLI_SESSION_KIND, id);
  return isHere ? id : undefined;
}

/** Sessions without a socket: each is forgotten unless its CLI comes back in time. */
function createAbsences(store: Store) {
  const timers = new Map<string, NodeJS.Timeout>();
  const begin = (id: string): void => {
    timers.set(id, setTimeout(() => forget(store, id), AWAY_MILLISECONDS).unref());
  };
  for (const { id } of cliSessions(store)) begin(id);
  return {
    begin,
    end: (id: string) => clearTimeout(timers.get(id)),
    close: () => timers.forEach((timer) => clearTimeout(timer)),
  };
}

function forget(store: Store, session: string): void {
  store.transaction(() => {
    for (const delivery of pendingDeliveries(store, session)) settle(store, delivery, 'failed');
    store.remove(CLI_SESSION_KIND, session);
  });
}

interface Connection {
  webSocket: WebSocket;
  /** The deliveries that went over this very socket. */
  sent: Set<string>;
}

/** The text is what makes the CLI authorize anew. */
function refuse(socket: Duplex): void {
  const body = JSON.stringify({ error: { message: 'Unknown WebSocket ID.' } });
  const head = `HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
  socket.end(`${head}\r\n\r\n${body}`);
}

function sendPending(store: Store, session: string, { webSocket, sent }: Connection): void {
  for (const delivery of pendingDeliveries(store, session).filter(({ id }) => !sent.has(id))) {
    sent.add(delivery.id);
    const event = store.find<Stripe.Event>('event', delivery.event);
    if (event) for (const frame of framesOf(store, event, delivery)) webSocket.send(frame);
  }
}

/** Each event goes out twice, as from Stripe: without a version for a plain `listen`, with the newest for `listen --latest`. */
function framesOf(store: Store, event: Stripe.Event, delivery: Delivery): string[] {
  const payload = toJson(event);
  return [null, API_VERSION].map((version) =>
    JSON.stringify({
      type: 'webhook_event',
      endpoint: { api_version: version },
      event_payload: payload,
      http_headers: eventHeaders(payload, cliSecret(store), realSeconds()),
      webhook_conversation_id: delivery.id,
      webhook_id: delivery.receiver,
    }),
  );
}

interface Frame {
  type?: unknown;
  webhook_conversation_id?: unknown;
  status?: unknown;
  body?: unknown;
}

/** An acknowledgement ends the delivery; what the forwarded post answered goes into its log. */
function hear(store: Store, text: string): void {
  const { type, webhook_conversation_id: id, status, body } = parseFrame(text);
  const delivery = typeof id === 'string' ? findDelivery(store, id) : undefined;
  if (!delivery) return;
  if (type === 'event_ack' && delivery.status === 'pending') settle(store, delivery, 'succeeded');
  if (type === 'webhook_response') {
    logAttempt(store, delivery, { status: Number(status), body: typeof body === 'string' ? body : '', error: null });
  }
}

function parseFrame(text: string): Frame {
  try {
    return (JSON.parse(text) ?? {}) as Frame;
  } catch {
    return {};
  }
}
