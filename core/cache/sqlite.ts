/** The cache in one SQLite file: composes its tables and decides what happens in one transaction. */
import { resolve } from 'node:path';
import type Database from 'better-sqlite3';
import type Stripe from 'stripe';
import { applyEvent, subjectOf, type Decision } from '../billing/apply-event.ts';
import type { Payment } from '../billing/cards.ts';
import { DEFAULT_RULES, type Rules } from '../billing/policy.ts';
import type { InvoiceState, SubscriptionState } from '../billing/state.ts';
import type { Cache, EventFilter, OpenOptions, ReceivedEvent, Recorded, User } from './cache.ts';
import type { Bookings } from './sqlite/bookings.ts';
import { Cards } from './sqlite/cards.ts';
import { Changes } from './sqlite/changes.ts';
import { Collections } from './sqlite/collections.ts';
import { Commits } from './sqlite/commits.ts';
import { ConsequenceWriter } from './sqlite/consequences.ts';
import { explaining, openDatabase } from './sqlite/database.ts';
import { Journal } from './sqlite/journal.ts';
import { Outbox } from './sqlite/outbox.ts';
import { Sessions } from './sqlite/sessions.ts';
import { Subscriptions } from './sqlite/subscriptions.ts';
import { Users } from './sqlite/users.ts';

/** Opens the cache file at `path`; throws as `openCache` says. */
export function openSqliteCache(path: string, options: OpenOptions): Cache {
  const database = openDatabase(resolve(path), options);
  return explaining(database.name, () => new SqliteCache(database, options));
}

class SqliteCache implements Cache {
  readonly #database: Database.Database;
  readonly #livemode: boolean;
  readonly #changes: Changes;
  readonly #commits: Commits;
  readonly #journal: Journal;
  readonly #cards: Cards;
  readonly #subscriptions: Subscriptions;
  readonly #users: Users;
  readonly #rules: Rules;
  readonly #sessions: Sessions;
  readonly #outbox: Outbox;
  readonly #consequences: ConsequenceWriter;
  readonly #collections: Collections;

  constructor(database: Database.Database, { livemode = false, rules = DEFAULT_RULES, noticeTargets }: OpenOptions) {
    this.#database = database;
    this.#livemode = livemode;
    this.#changes = new Changes(database);
    this.#commits = new Commits(database, () => this.#changes.notify());
    this.#journal = new Journal(database);
    this.#cards = new Cards(database);
    this.#subscriptions = new Subscriptions(database, this.#cards);
    this.#users = new Users(database);
    this.#sessions = new Sessions(database);
    this.#rules = rules;
    this.#outbox = new Outbox(database, noticeTargets);
    this.#consequences = new ConsequenceWriter(database, { sessions: this.#sessions, outbox: this.#outbox, rules });
    this.#collections = new Collections(database);
  }

  recordEvent(received: ReceivedEvent): Promise<Recorded> {
    return this.#commits.write(() => {
      const known = this.#journal.find(received.event.id);
      if (known && known.outcome !== 'failed') return { outcome: known.outcome, reason: known.reason, ask: null, collect: null };
      if (!known) this.#journal.add(received);
      return this.#attempt(received.event, received.receivedAt);
    });
  }

  replayEvent(id: string, at: number): Promise<Recorded | undefined> {
    return this.#commits.write(() => {
      const payload = this.#journal.payload(id);
      return payload === undefined ? undefined : this.#attempt(JSON.parse(payload) as Stripe.Event, at);
    });
  }

  saveSubscription(subscription: SubscriptionState, invoices: readonly InvoiceState[] = [], payment?: Payment): Promise<boolean> {
    return this.#commits.write(() => {
      const current = this.#subscriptions.find(subscription.id)?.version ?? 0;
      if (subscription.version !== current + 1) return false;
      this.#subscriptions.save(subscription);
      for (const invoice of invoices) this.#subscriptions.saveInvoice(invoice);
      if (payment) this.#cards.learn(payment);
      this.#subscriptions.answered(subscription.id);
      this.#consequences.draw(subscription.id, subscription.asOf * 1000);
      return true;
    });
  }

  questions = () => this.#read(() => this.#subscriptions.questions());
  dropQuestion = (subscription: string) => this.#commits.write(() => this.#subscriptions.answered(subscription));
  subscription = (id: string) => this.#read(() => this.#subscriptions.cached(id));
  subscriptionOfCustomer = (customer: string) => this.#read(() => this.#subscriptions.ofCustomer(customer));
  subscriptions = () => this.#read(() => this.#subscriptions.all());
  invoice = (id: string) => this.#read(() => this.#subscriptions.invoice(id));

  bookSession: Cache['bookSession'] = (wish, now) => this.#withBookings((bookings) => bookings.book(wish, now));
  cancelSession: Cache['cancelSession'] = (id, reason, now) => this.#withBookings((bookings) => bookings.cancel(id, reason, now));
  restoreSession: Cache['restoreSession'] = (id, reason, now) => this.#withBookings((bookings) => bookings.restore(id, reason, now));
  sessions: Cache['sessions'] = ({ customer } = {}) => this.#read(() => this.#sessions.all(customer));
  session: Cache['session'] = (id) =>
    this.#read(() => {
      const session = this.#sessions.find(id);
      return session && { session, changes: this.#sessions.changes(id) };
    });

  async drawDue(now: number): Promise<void> {
    const due = await this.#read(() => this.#consequences.due(now));
    if (due.length > 0) await this.#commits.write(() => due.forEach((subscription) => this.#consequences.draw(subscription, now)));
  }

  /** Where nothing is due, nothing is written: whoever claims on every change would wake themselves for ever. */
  claimNotices: Cache['claimNotices'] = async (targets, now, leaseUntil, limit) => {
    const isDue = await this.#read(() => this.#outbox.isDue(targets, now));
    return isDue ? this.#commits.write(() => this.#outbox.claim(targets, now, leaseUntil, limit)) : [];
  };
  noticeDelivered: Cache['noticeDelivered'] = (delivery, now) => this.#commits.write(() => this.#outbox.delivered(delivery, now));
  noticeFailed: Cache['noticeFailed'] = (delivery, error, now, retryAt) => this.#commits.write(() => this.#outbox.failed(delivery, error, now, retryAt));
  noticeTargets = () => this.#read(() => this.#outbox.targets());

  collections = () => this.#read(() => this.#collections.all());
  dropCollection: Cache['dropCollection'] = (collection) => this.#commits.write(() => this.#collections.drop(collection));
  missingInvoices = (customer: string) => this.#read(() => this.#collections.missing(customer));

  events = (filter: EventFilter) => this.#read(() => this.#journal.list(filter));
  event = (id: string) =>
    this.#read(() => {
      const event = this.#journal.find(id);
      return event && { event, attempts: this.#journal.attempts(id), payload: this.#journal.payload(id) ?? '' };
    });

  createUser: Cache['createUser'] = (user) => this.#commits.write(() => this.#users.add(user));
  linkCustomer = (user: User, customer: string) => this.#commits.write(() => this.#users.link(user, customer));
  removeUnlinkedUser = (user: User) => this.#commits.write(() => this.#users.removeUnlinked(user));
  userByEmail = (email: string) => this.#read(() => this.#users.byEmail(email));
  userByCustomer = (customer: string) => this.#read(() => this.#users.byCustomer(customer));

  createLogin: Cache['createLogin'] = (login, now) => this.#commits.write(() => this.#users.addLogin(login, now));
  userByLogin = (tokenHash: string, now: number) => this.#read(() => this.#users.byLogin(tokenHash, now));
  removeLogin = (tokenHash: string) => this.#commits.write(() => this.#users.removeLogin(tokenHash));

  onChange(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  async check(): Promise<void> {
    await this.#read(() => this.#database.prepare('SELECT 1').get());
  }

  close(): Promise<void> {
    this.#changes.stop();
    this.#commits.flush();
    this.#database.close();
    return Promise.resolve();
  }

  #attempt(event: Stripe.Event, at: number): Recorded {
    const decision = this.#decide(event);
    this.#save(decision);
    if (decision.ask) this.#subscriptions.ask(decision.ask);
    if (!decision.subscription) this.#subscriptions.outdateAnswers(decision.invoice?.subscription ?? decision.ask);
    const changed = decision.subscription?.id ?? decision.invoice?.subscription;
    if (changed) this.#consequences.draw(changed, Math.max(at, event.created * 1000));
    const isCollected = decision.collect !== undefined && this.#collections.add(decision.collect, event.created);
    this.#journal.addAttempt(event.id, at, decision);
    return { outcome: decision.outcome, reason: decision.reason, ask: decision.ask ?? null, collect: isCollected ? (decision.collect?.customer ?? null) : null };
  }

  #decide(event: Stripe.Event): Decision {
    try {
      const subject = subjectOf(event);
      const cached = { subscription: this.#subscriptions.find(subject.subscription), invoice: this.#subscriptions.invoice(subject.invoice), ...this.#cards.shownIn(event) };
      return applyEvent(event, cached, { livemode: this.#livemode });
    } catch (error) {
      return { outcome: 'failed', reason: `its object cannot be read: ${(error as Error).message}` };
    }
  }

  #save({ subscription, invoice, ...payment }: Decision): void {
    if (subscription) this.#subscriptions.save(subscription);
    if (invoice) this.#subscriptions.saveInvoice(invoice);
    this.#cards.save(payment);
  }

  /** Loaded when the owner first decides something: the calendar that comes along would cost every start. */
  async #withBookings<T>(work: (bookings: Bookings) => T): Promise<T> {
    const { Bookings } = await import('./sqlite/bookings.ts');
    const bookings = new Bookings({ sessions: this.#sessions, subscriptions: this.#subscriptions, rules: this.#rules });
    return this.#commits.write(() => work(bookings));
  }

  async #read<T>(work: () => T): Promise<T> {
    return explaining(this.#database.name, work);
  }
}
