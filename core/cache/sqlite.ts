/** The cache in one SQLite file: composes its tables and decides what happens in one transaction. */
import { resolve } from 'node:path';
import type Database from 'better-sqlite3';
import type Stripe from 'stripe';
import { applyEvent, subjectOf, type Decision } from '../billing/apply-event.ts';
import type { InvoiceState, SubscriptionState } from '../billing/state.ts';
import type { Cache, EventFilter, OpenOptions, ReceivedEvent, Recorded, User } from './cache.ts';
import { Changes } from './sqlite/changes.ts';
import { Commits } from './sqlite/commits.ts';
import { explaining, openDatabase } from './sqlite/database.ts';
import { Journal } from './sqlite/journal.ts';
import { Subscriptions } from './sqlite/subscriptions.ts';
import { Users } from './sqlite/users.ts';

/** Opens the cache file at `path`; throws as `openCache` says. */
export function openSqliteCache(path: string, options: OpenOptions): Cache {
  return new SqliteCache(openDatabase(resolve(path), options), options.livemode ?? false);
}

class SqliteCache implements Cache {
  readonly #database: Database.Database;
  readonly #livemode: boolean;
  readonly #changes: Changes;
  readonly #commits: Commits;
  readonly #journal: Journal;
  readonly #subscriptions: Subscriptions;
  readonly #users: Users;

  constructor(database: Database.Database, livemode: boolean) {
    this.#database = database;
    this.#livemode = livemode;
    this.#changes = new Changes(database);
    this.#commits = new Commits(database, () => this.#changes.notify());
    this.#journal = new Journal(database);
    this.#subscriptions = new Subscriptions(database);
    this.#users = new Users(database);
  }

  recordEvent(received: ReceivedEvent): Promise<Recorded> {
    return this.#commits.write(() => {
      const known = this.#journal.find(received.event.id);
      if (known && known.outcome !== 'failed') return { outcome: known.outcome, reason: known.reason, ask: null };
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

  saveSubscription(subscription: SubscriptionState, invoices: readonly InvoiceState[] = []): Promise<boolean> {
    return this.#commits.write(() => {
      const current = this.#subscriptions.find(subscription.id)?.version ?? 0;
      if (subscription.version !== current + 1) return false;
      this.#subscriptions.save(subscription);
      for (const invoice of invoices) this.#subscriptions.saveInvoice(invoice);
      this.#subscriptions.answered(subscription.id);
      return true;
    });
  }

  questions = () => this.#read(() => this.#subscriptions.questions());
  dropQuestion = (subscription: string) => this.#commits.write(() => this.#subscriptions.answered(subscription));
  subscription = (id: string) => this.#read(() => this.#subscriptions.cached(id));
  subscriptionOfCustomer = (customer: string) => this.#read(() => this.#subscriptions.ofCustomer(customer));
  subscriptions = () => this.#read(() => this.#subscriptions.all());
  invoice = (id: string) => this.#read(() => this.#subscriptions.invoice(id));

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
    this.#journal.addAttempt(event.id, at, decision);
    return { outcome: decision.outcome, reason: decision.reason, ask: decision.ask ?? null };
  }

  #decide(event: Stripe.Event): Decision {
    try {
      const subject = subjectOf(event);
      const cached = { subscription: this.#subscriptions.find(subject.subscription), invoice: this.#subscriptions.invoice(subject.invoice) };
      return applyEvent(event, cached, { livemode: this.#livemode });
    } catch (error) {
      return { outcome: 'failed', reason: `its object cannot be read: ${(error as Error).message}` };
    }
  }

  #save({ subscription, invoice }: Pick<Decision, 'subscription' | 'invoice'>): void {
    if (subscription) this.#subscriptions.save(subscription);
    if (invoice) this.#subscriptions.saveInvoice(invoice);
  }

  async #read<T>(work: () => T): Promise<T> {
    return explaining(this.#database.name, work);
  }
}
