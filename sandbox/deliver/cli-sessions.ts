/**
 * The sessions of the official Stripe CLI (`stripe listen`) and their WebSockets. What a session has not acknowledged is
 * sent again when it reconnects with the same id.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type Stripe from 'stripe';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
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
  open(): CliSession;
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
  const connections = new Map<string, Connection>();
  const departures = new Map<string, NodeJS.Timeout>();
  let isClosed = false;

  server.on('upgrade', upgrade);
  for (const { id } of cliSessions(store)) expectBack(id);

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const id = request.headers['websocket-id'];
    const isKnown = typeof id === 'string' && request.url?.startsWith(CLI_SOCKET_PATH) && store.find(CLI_SESSION_KIND, id);
    if (!isKnown) return refuse(socket);
    sockets.handleUpgrade(request, socket, head, (webSocket) => connect(id, webSocket));
  }

  function connect(id: string, webSocket: WebSocket): void {
    clearTimeout(departures.get(id));
    const connection = { webSocket, sent: new Set<string>() };
    connections.set(id, connection);
    webSocket.on('message', (data) => hear(store, data));
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('close', () => {
      if (connections.get(id) !== connection || isClosed) return;
      connections.delete(id);
      expectBack(id);
    });
    sendPending(store, id, connection);
  }

  function expectBack(id: string): void {
    departures.set(id, setTimeout(() => forget(store, id), AWAY_MILLISECONDS).unref());
  }

  function wakeAll(): void {
    if (!isClosed) for (const [id, connection] of connections) sendPending(store, id, connection);
  }

  return {
    open() {
      const session = store.insert<CliSession>({ id: newId('clisess'), object: CLI_SESSION_KIND, created: realSeconds() });
      expectBack(session.id);
      return session;
    },
    wake: () => void setImmediate(wakeAll),
    close() {
      isClosed = true;
      server.off('upgrade', upgrade);
      for (const timer of departures.values()) clearTimeout(timer);
      for (const { webSocket } of connections.values()) webSocket.terminate();
    },
  };
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
function hear(store: Store, data: RawData): void {
  const frame = parseFrame(data);
  const delivery = typeof frame.webhook_conversation_id === 'string' && findDelivery(store, frame.webhook_conversation_id);
  if (!delivery) return;
  if (frame.type === 'event_ack' && delivery.status === 'pending') settle(store, delivery, 'succeeded');
  if (frame.type === 'webhook_response') {
    logAttempt(store, delivery, { status: Number(frame.status), body: String(frame.body ?? ''), error: null });
  }
}

function parseFrame(data: RawData): Frame {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === 'object' && frame !== null ? frame : {};
  } catch {
    return {};
  }
}

function forget(store: Store, session: string): void {
  store.transaction(() => {
    for (const delivery of pendingDeliveries(store, session)) settle(store, delivery, 'failed');
    store.remove(CLI_SESSION_KIND, session);
  });
}
