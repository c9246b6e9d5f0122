/** The servers that devchat is measured against: `webhook-reference.ts <name> <file>` listens on a free port and says where. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';
import express, { type Express } from 'express';
import Stripe from 'stripe';
import { SECRET } from './webhook-events.ts';

const SERVERS: Record<string, (file: string) => RequestListener> = {
  bare: () => (request, response) => {
    request.resume().once('end', () => response.end('{"received":true}'));
  },
  express: () => verifying(() => undefined),
  commits: (file) => verifying(storing(file)),
};

/** Express with the SDK, as Stripe's documentation has it. */
function verifying(store: (event: Stripe.Event, body: Buffer) => void): Express {
  const app = express();
  app.post('/webhook', express.raw({ type: 'application/json' }), (request, response) => {
    const body = request.body as Buffer;
    store(Stripe.webhooks.constructEvent(body, request.headers['stripe-signature']!, SECRET), body);
    response.json({ received: true });
  });
  return app;
}

/** Each event and the newest state of its subscription, in a transaction of their own. */
function storing(file: string): (event: Stripe.Event, body: Buffer) => void {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`
    CREATE TABLE events (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, created INTEGER NOT NULL, payload TEXT NOT NULL);
    CREATE TABLE subscriptions (id TEXT PRIMARY KEY, customer TEXT NOT NULL, status TEXT NOT NULL, as_of INTEGER NOT NULL, snapshot TEXT NOT NULL)`);
  const journal = database.prepare(`INSERT INTO events (id, type, created, payload) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`);
  const save = database.prepare(`
    INSERT INTO subscriptions VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, as_of = excluded.as_of, snapshot = excluded.snapshot WHERE excluded.as_of > as_of`);
  const store = database.transaction((event: Stripe.Event, body: Buffer) => {
    const { id, customer, status } = event.data.object as Stripe.Subscription;
    const isNew = journal.run(event.id, event.type, event.created, body.toString()).changes > 0;
    if (isNew) save.run(id, customer, status, event.created, JSON.stringify(event.data.object));
  });
  return (event, body) => void store.immediate(event, body);
}

const [name = '', file = ''] = process.argv.slice(2);
const server = createServer(SERVERS[name]!(file)).listen(0, '127.0.0.1', () => {
  console.log(`${name} listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
