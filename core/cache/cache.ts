/** THE cache that daemon and command line share: subscriptions, the journal of events, sessions, notices, and users. */
import type Stripe from 'stripe';
import type { Cached, Outcome, Subject } from '../billing/apply-event.ts';
import type { Payment } from '../billing/cards.ts';
import type { InvoiceState, SubscriptionState } from '../billing/state.ts';
import type { Rules } from '../billing/policy.ts';
import type { CachedSubscription } from '../billing/subscription-view.ts';
import type { NoticeDelivery, NoticeTarget, NoticeTargetState } from '../notices/notice.ts';
import type { Session, SessionChange } from '../sessions/session.ts';

export const SOURCES = ['webhook', 'backfill', 'checkout'] as const;
export type Source = (typeof SOURCES)[number];

/** A genuine event of Stripe's, with the exact text it came as. `receivedAt` in milliseconds. */
export interface ReceivedEvent {
  event: Stripe.Event;
  payload: string;
  source: Source;
  receivedAt: number;
}

/** What became of an event. `ask` is the subscription about which only Stripe can tell the present state; of several the newest, and the others wait with it on the questions. */
export interface Recorded {
  outcome: Outcome;
  reason: string;
  ask: string | null;
  /** The customer whose new card can pay what is missing. */
  collect: string | null;
}

/** A journaled event with the outcome of its last attempt. `created` in Stripe's seconds, `receivedAt` in milliseconds. */
export interface JournaledEvent extends Subject {
  /** Its place in the journal: what was journaled later has a greater one. */
  sequence: number;
  id: string;
  type: string;
  created: number;
  receivedAt: number;
  source: Source;
  outcome: Outcome;
  reason: string;
}

/** One try to apply an event; `at` in milliseconds. */
export interface Attempt {
  at: number;
  outcome: Outcome;
  reason: string;
}

/** Which events to list; what is left out does not matter. */
export interface EventFilter {
  subscription?: string | undefined;
  customer?: string | undefined;
  /** Exactly this, or with a star at its end whatever begins so: `invoice.*`. */
  type?: string | undefined;
  /** Of the last attempt. */
  outcome?: Outcome | undefined;
  /** Created at Stripe from then on, in seconds. */
  since?: number | undefined;
  /** Created at Stripe before then, in seconds. */
  until?: number | undefined;
  /** Journaled after this `sequence`. */
  after?: number | undefined;
  oldestFirst?: boolean | undefined;
  limit: number;
}

/** How Stripe was asked for an answer. */
export interface Asked {
  /** The last event about the subscription that was journaled before, by its `sequence`: what came later outdates an answer about one that is not cached. */
  after?: number;
  /** How much had been heard before: what events told since of the cards and the payer that it shows outdates it. Left out, they count from its own time. */
  heard?: Heard;
  /** The past is caught up with: where it is told of a subscription of which nothing was ever heard, no notice of it is sent. */
  quietly?: boolean;
}

/** How much had been heard at a moment: the last attempt and the last answer of Stripe's. */
export interface Heard {
  attempt: number;
  answer: number;
}

/** One field of an object that the journal gives otherwise than it is cached; `path` is dotted. */
export interface DifferingField {
  path: string;
  before: unknown;
  after: unknown;
}

/** An object that the journal gives and the cache has not (`add`), has otherwise (`change`), or that the journal does not give (`remove`). */
export interface RebuiltDifference {
  kind: keyof Cached;
  id: string;
  action: 'add' | 'change' | 'remove';
  /** Empty unless it is changed. */
  fields: DifferingField[];
}

export interface RebuildOptions {
  /** Of devchat: what another version began is begun anew. */
  version: string;
  /** Milliseconds: when what follows is drawn. */
  now: number;
  /** Writes nothing, and tells of the state of one moment; interrupted, the next one begins anew. */
  dryRun?: boolean;
  /** How many differences are told of; all of them unless told. */
  show?: number;
  signal?: AbortSignal;
  onResume?: (events: number, total: number) => void;
  onProgress?: (events: number, total: number) => void;
}

/** What a rebuild came to. */
export interface Rebuilt {
  /** How many events show an object's state, and how many objects they and the answers gave. */
  events: number;
  objects: Record<keyof Cached, number>;
  /** How many objects were cached otherwise. */
  differing: number;
  differences: RebuiltDifference[];
  /** The subscriptions about which Stripe has to be asked now, as the journal cannot decide. */
  questions: string[];
  /** False for a dry run. */
  applied: boolean;
}

/** A person who signed up. `customer` is null until Stripe has made the customer. */
export interface User {
  id: string;
  email: string;
  passwordHash: string | null;
  customer: string | null;
}

export interface Cache {
  /**
   * Journals an event and applies it, in one transaction that is durable when the promise resolves.
   * What follows from it for sessions and notices is in the same transaction (docs/sessions.md).
   * Again for the same event id: changes nothing, unless the last attempt failed. Concurrent calls share a commit.
   * An event whose object cannot be read, or whose effect cannot be stored or drawn, is kept with the outcome `failed`, and nothing of its effect.
   * Throws `unreachable` where the store itself fails: then nothing is kept.
   */
  recordEvent(received: ReceivedEvent): Promise<Recorded>;
  /**
   * Applies a journaled event once more and notes the attempt; a dry run says what it would become. `undefined` where no such event is journaled.
   * A replay charges nobody: what it tells of a new card is not collected with.
   */
  replayEvent(id: string, at: number, options?: { dryRun?: boolean }): Promise<Recorded | undefined>;
  /**
   * Stores what Stripe answered about a subscription, its invoices and what pays them with what follows from it, and takes it off the questions.
   * A subscription that has ended stays so, whatever the answer says. False, and nothing is stored, where an event about it or its invoices has come
   * since `version - 1`, or one about what pays since it was `asked`: Stripe has to be asked again.
   */
  saveSubscription(subscription: SubscriptionState, invoices?: readonly InvoiceState[], payment?: Payment, asked?: Asked): Promise<boolean>;
  /** The subscriptions about which Stripe has yet to be asked. */
  questions(): Promise<string[]>;
  /** Puts a subscription on the questions. */
  ask(subscription: string): Promise<void>;
  /** Takes a subscription off the questions that Stripe does not know. */
  dropQuestion(subscription: string): Promise<void>;

  /** Of these ids of events, those that are not journaled; in the same order. */
  unknownEvents(ids: readonly string[]): Promise<string[]>;
  /** Until when every event of Stripe's has been listed and journaled, or all subscriptions compared: Stripe's seconds; undefined before the first time. */
  backfilledUntil(): Promise<number | undefined>;
  setBackfilledUntil(until: number): Promise<void>;

  subscription(id: string): Promise<CachedSubscription | undefined>;
  /** The newest subscription of a customer: one that has not ended before those that have. */
  subscriptionOfCustomer(customer: string): Promise<CachedSubscription | undefined>;
  /**
   * All of them, the newest first, page by page, so that few are held at once. A page is of one moment; what is written meanwhile shows on
   * those that follow.
   */
  subscriptions(): AsyncIterable<CachedSubscription[]>;
  subscriptionIds(): Promise<string[]>;
  /** Which subscriptions something was heard of `since` then, and how much has been heard now. Without `since` there are none. */
  heardOf(since?: Heard): Promise<{ subscriptions: string[]; heard: Heard }>;
  invoice(id: string): Promise<InvoiceState | undefined>;
  /** The invoices of a subscription of which it is not known that they are paid, void or written off. */
  unsettledInvoices(subscription: string): Promise<string[]>;

  /**
   * Books a session of 60 minutes; `startsAt` in seconds, `now` in milliseconds. Throws `usage` for a time that has passed, and `conflict`
   * where another session is in the way, the customer has one in that billing period, or the verdict on their next session is not `on`.
   */
  bookSession(session: { customer: string; startsAt: number }, now: number): Promise<Session>;
  /** Cancels a booked session; `undefined` where there is none of this id. Throws `conflict` where it is cancelled or has begun. */
  cancelSession(id: string, reason: string, now: number): Promise<Session | undefined>;
  /** Books a cancelled session again; `undefined` where there is none of this id. Throws as `bookSession`, and `conflict` where it is booked. */
  restoreSession(id: string, reason: string, now: number): Promise<Session | undefined>;
  /** All of them, or those of one customer, by their start. */
  sessions(filter?: { customer?: string }): Promise<Session[]>;
  session(id: string): Promise<{ session: Session; changes: SessionChange[] } | undefined>;
  /** Draws what the passing of time alone brings: the end of grace. Writes nothing, and wakes nobody, while there is none. Milliseconds. */
  drawDue(now: number): Promise<void>;

  /**
   * Notices that are due for these targets, at most `limit` (20) for each. Whoever claims them has until `leaseUntil` to settle them: then they are
   * due again. Writes nothing where none is due. A notice is kept for good, since it is told once. Real milliseconds.
   */
  claimNotices(targets: readonly NoticeTarget[], now: number, leaseUntil: number, limit?: number): Promise<NoticeDelivery[]>;
  noticeDelivered(delivery: NoticeDelivery, now: number): Promise<void>;
  /** Notes why it failed; it is due again at `retryAt`, unless another has claimed it since. Real milliseconds. */
  noticeFailed(delivery: NoticeDelivery, error: string, now: number, retryAt: number): Promise<void>;
  /** The targets for which notices wait, set or not. */
  noticeTargets(): Promise<NoticeTargetState[]>;

  /** The customers whose new card has yet to pay what is missing, with that card. */
  collections(): Promise<Array<{ customer: string; paymentMethod: string }>>;
  /** Takes a customer off the collections, unless yet another card has come since. */
  dropCollection(collection: { customer: string; paymentMethod: string }): Promise<void>;
  /** The invoices of a customer whose payment failed and is missing, but for those of subscriptions that have ended. */
  missingInvoices(customer: string): Promise<InvoiceState[]>;

  /** By their place in the journal, the newest first unless told. */
  events(filter: EventFilter): Promise<JournaledEvent[]>;
  /** How many there are, whatever the limit. */
  eventCount(filter: Omit<EventFilter, 'limit'>): Promise<number>;
  event(id: string): Promise<{ event: JournaledEvent; attempts: Attempt[]; payload: string } | undefined>;

  /**
   * Makes subscriptions, invoices, cards and payers again from the journal alone and puts them in the place of what is cached: docs/rebuild.md.
   * What was interrupted goes on where it was. Whoever comes later takes a rebuild over from one that runs, which then throws `conflict`.
   * Throws the signal's reason once that is aborted.
   */
  rebuild(options: RebuildOptions): Promise<Rebuilt>;

  /** Adds a user without a customer; throws `conflict` where one with this e-mail has a customer already. A half-made one is taken over. */
  createUser(user: { id: string; email: string; passwordHash: string | null; createdAt: number }): Promise<User>;
  /** Gives a half-made user their customer; throws `conflict` where the user is no longer as `createUser` returned it: another sign-up took it over, or was done first. */
  linkCustomer(user: User, customer: string): Promise<void>;
  /** Takes away a half-made user, unless another sign-up has taken it over. */
  removeUnlinkedUser(user: User): Promise<void>;
  userByEmail(email: string): Promise<User | undefined>;
  userByCustomer(customer: string): Promise<User | undefined>;

  /** Remembers a sign-in by the hash of its token, and forgets those that have expired by `now`; both in real milliseconds. */
  createLogin(login: { tokenHash: string; userId: string; expiresAt: number }, now: number): Promise<void>;
  userByLogin(tokenHash: string, now: number): Promise<User | undefined>;
  removeLogin(tokenHash: string): Promise<void>;

  /** Calls back soon after any process has changed the cache; returns how to stop. */
  onChange(listener: () => void): () => void;
  /** Throws `unreachable` where the cache cannot be used. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The mode of the key in use: a cache belongs to one mode, and the other is refused. Without a key, the cache may be read in either. */
  livemode?: boolean | undefined;
  /** Nothing is to be written: a cache that belongs to no mode yet is not claimed for the key's. */
  dryRun?: boolean | undefined;
  /** Much will be written, as by a daemon: a file is written back from its log by a thread, so that no write waits for it. */
  writesMuch?: boolean;
  /** What verdicts are decided by; those of the default settings unless told. */
  rules?: Rules;
  /**
   * Where notices go from now on, whichever process writes them: what the daemon has that opens the cache. Left out, they go where the last
   * daemon sends them. To none, they are written down and go nowhere.
   */
  noticeTargets?: readonly NoticeTarget[] | undefined;
}
