/** The cache over its tables, whichever engine runs them: decides what happens in one transaction. */
import { applyEvent, type Decision } from '../billing/apply-event.ts';
import type { Payment } from '../billing/cards.ts';
import { DEFAULT_RULES, type Rules, type Terms } from '../billing/policy.ts';
import type { InvoiceState, SubscriptionState } from '../billing/state.ts';
import type { CachedSubscription } from '../billing/subscription-view.ts';
import { isTooDeep } from '../billing/whole-event.ts';
import { TOO_DEEP } from '../billing/whole.ts';
import type { Mode } from '../mode.ts';
import type { Asked, Cache, EventFilter, OpenOptions, ReceivedEvent, Recorded, User } from './cache.ts';
import type { Engine } from './engine.ts';
import { isOfWork } from './fault.ts';
import { value, type Work } from './statement.ts';
import * as about from './tables/about.ts';
import * as cards from './tables/cards.ts';
import * as collections from './tables/collections.ts';
import * as consequences from './tables/consequences.ts';
import * as journal from './tables/journal.ts';
import { before } from './tables/known.ts';
import * as mode from './tables/mode.ts';
import * as outbox from './tables/outbox.ts';
import * as sessions from './tables/sessions.ts';
import * as subscriptions from './tables/subscriptions.ts';
import * as users from './tables/users.ts';

const alive = value<number>('SELECT 1');

/** The cache that an engine keeps. Throws as the engine does, and as `openCache` for the other mode; the engine is closed then. */
export async function cacheOver(engine: Engine, { livemode, dryRun = false, rules = DEFAULT_RULES, noticeTargets }: OpenOptions): Promise<Cache> {
  try {
    if (livemode !== undefined) await keepToOneMode(engine, livemode ? 'live' : 'test', dryRun);
    if (noticeTargets) await engine.write(() => outbox.sendTo(noticeTargets));
    return new StoredCache(engine, { livemode: livemode ?? false, rules });
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** Nothing is written, and nobody waited for, where it is so already; a dry run claims nothing. */
async function keepToOneMode(engine: Engine, wanted: Mode, dryRun: boolean): Promise<void> {
  const owner = await engine.read(mode.owner);
  const isUnclaimed = owner === undefined && dryRun;
  if (owner !== wanted && !isUnclaimed) await engine.write(() => mode.keep(wanted, engine.location));
}

/** What Stripe answered. */
interface Answer {
  subscription: SubscriptionState;
  invoices: readonly InvoiceState[];
  payment: Payment | undefined;
}

/** With the cached subscriptions about which to ask Stripe, and the place in the journal of the event that shows the subscription to save. */
interface Decided extends Decision {
  asked: readonly string[];
  place: number | null;
}

class StoredCache implements Cache {
  readonly #engine: Engine;
  readonly #livemode: boolean;
  readonly #rules: Rules;

  constructor(engine: Engine, { livemode, rules }: { livemode: boolean; rules: Rules }) {
    this.#engine = engine;
    this.#livemode = livemode;
    this.#rules = rules;
  }

  recordEvent: Cache['recordEvent'] = (received) =>
    this.#engine.write(
      () => this.#record(received),
      (error) => this.#record(received, notApplied(error)),
    );

  replayEvent: Cache['replayEvent'] = (id, at, { dryRun = false } = {}) =>
    dryRun
      ? this.#engine.read(() => this.#rehearse(id))
      : this.#engine.write(
          () => this.#replay(id, at),
          (error) => this.#replay(id, at, notApplied(error)),
        );

  saveSubscription = (subscription: SubscriptionState, invoices: readonly InvoiceState[] = [], payment?: Payment, asked: Asked = {}): Promise<boolean> =>
    this.#engine.write(() => this.#saveAnswer({ subscription, invoices, payment }, asked));

  questions = () => this.#engine.read(subscriptions.questions);
  ask = (subscription: string) => this.#engine.write(() => subscriptions.ask(subscription));
  dropQuestion = (subscription: string) => this.#engine.write(() => subscriptions.answered(subscription));
  unknownEvents = (ids: readonly string[]) => this.#engine.read(() => journal.unknown(ids));
  backfilledUntil = () => this.#engine.read(about.backfilledUntil);
  setBackfilledUntil = (until: number) => this.#engine.write(() => about.setBackfilledUntil(until));
  subscription = (id: string) => this.#engine.read(() => subscriptions.cached(id));
  subscriptionOfCustomer = (customer: string) => this.#engine.read(() => subscriptions.ofCustomer(customer));
  subscriptions = () => pages(this.#engine);
  subscriptionIds = () => this.#engine.read(subscriptions.ids);
  heardOf: Cache['heardOf'] = (since) => this.#engine.read(() => journal.heard(since));
  invoice = (id: string) => this.#engine.read(() => subscriptions.invoice(id));
  unsettledInvoices = (subscription: string) => this.#engine.read(() => subscriptions.unsettledInvoices(subscription));

  bookSession: Cache['bookSession'] = async (wish, now) => {
    const { book } = await bookings();
    return this.#engine.write(() => book(wish, this.#terms(now)));
  };
  cancelSession: Cache['cancelSession'] = async (id, reason, now) => {
    const { cancel } = await bookings();
    return this.#engine.write(() => cancel(id, reason, this.#terms(now)));
  };
  restoreSession: Cache['restoreSession'] = async (id, reason, now) => {
    const { restore } = await bookings();
    return this.#engine.write(() => restore(id, reason, this.#terms(now)));
  };
  sessions: Cache['sessions'] = ({ customer } = {}) => this.#engine.read(() => sessions.all(customer));
  session: Cache['session'] = (id) => this.#engine.read(() => sessions.show(id));

  drawDue = async (now: number): Promise<void> => {
    const due = await this.#engine.read(() => consequences.due(this.#terms(now)));
    if (due.length > 0) await this.#engine.write(() => this.#drawAll(due, now));
  };

  /** Where nothing is due, nothing is written: whoever claims on every change would wake themselves for ever. */
  claimNotices: Cache['claimNotices'] = async (targets, now, leaseUntil, limit) => {
    const isDue = await this.#engine.read(() => outbox.isDue(targets, now));
    return isDue ? this.#engine.write(() => outbox.claim(targets, now, leaseUntil, limit)) : [];
  };
  noticeDelivered: Cache['noticeDelivered'] = (delivery, now) => this.#engine.write(() => outbox.delivered(delivery, now));
  noticeFailed: Cache['noticeFailed'] = (delivery, error, now, retryAt) => this.#engine.write(() => outbox.failed(delivery, error, now, retryAt));
  noticeTargets = () => this.#engine.read(outbox.targets);

  collections = () => this.#engine.read(collections.all);
  dropCollection: Cache['dropCollection'] = (collection) => this.#engine.write(() => collections.drop(collection));
  missingInvoices = (customer: string) => this.#engine.read(() => collections.missing(customer));

  events = (filter: EventFilter) => this.#engine.read(() => journal.list(filter));
  eventCount: Cache['eventCount'] = (filter) => this.#engine.read(() => journal.count(filter));
  event = (id: string) => this.#engine.read(() => journal.show(id));

  rebuild: Cache['rebuild'] = async (options) => (await import('./rebuild.ts')).rebuild(this.#engine, { livemode: this.#livemode, rules: this.#rules }, options);

  createUser: Cache['createUser'] = (user) => this.#engine.write(() => users.add(user));
  linkCustomer = (user: User, customer: string) => this.#engine.write(() => users.link(user, customer));
  removeUnlinkedUser = (user: User) => this.#engine.write(() => users.removeUnlinked(user));
  userByEmail = (email: string) => this.#engine.read(() => users.byEmail(email));
  userByCustomer = (customer: string) => this.#engine.read(() => users.byCustomer(customer));

  createLogin: Cache['createLogin'] = (login, now) => this.#engine.write(() => users.addLogin(login, now));
  userByLogin = (tokenHash: string, now: number) => this.#engine.read(() => users.byLogin(tokenHash, now));
  removeLogin = (tokenHash: string) => this.#engine.write(() => users.removeLogin(tokenHash));

  onChange = (listener: () => void) => this.#engine.onChange(listener);
  check = async (): Promise<void> => void (await this.#engine.read(alive));
  close = () => this.#engine.close();

  /** `failure` is what became of it when it was tried just now: that alone is noted then. */
  *#record(received: ReceivedEvent, failure?: Decision): Work<Recorded> {
    const { event, receivedAt } = received;
    const added = yield* journal.add(received, this.#livemode);
    const known = added === undefined ? yield* journal.standing(event.id) : undefined;
    if (known && known.outcome !== 'failed') return { outcome: known.outcome, reason: known.reason, ask: null, collect: null };
    if (known && !(yield* journal.isTextAt(known.sequence, received))) return yield* this.#recordBeside(known.sequence, received, failure);
    const sequence = added ?? known!.sequence;
    const { outcome, reason, asked: [ask = null], collect } = yield* this.#attempt(sequence, received, receivedAt, failure);
    const isCollected = collect !== undefined && (yield* collections.add(collect, event.created));
    return { outcome, reason, ask, collect: isCollected ? collect.customer : null };
  }

  /** What is journaled under its id could not be applied, and says something else: that stays as it is, and this is an event of its own. */
  *#recordBeside(sequence: number, received: ReceivedEvent, failure?: Decision): Work<Recorded> {
    const beside = journal.besideId(received.event.id);
    const recorded = yield* this.#record({ ...received, event: { ...received.event, id: beside } }, failure);
    yield* journal.addAttempt(sequence, received.receivedAt, { ...recorded, reason: `another text came under its id, journaled as ${beside}: ${recorded.reason}` });
    return recorded;
  }

  *#replay(id: string, at: number, failure?: Decision): Work<Recorded | undefined> {
    const known = yield* journal.standing(id);
    if (!known) return undefined;
    const { outcome, reason, asked: [ask = null] } = yield* this.#attempt(known.sequence, yield* journal.read(known.sequence), at, failure);
    return { outcome, reason, ask, collect: null };
  }

  *#rehearse(id: string): Work<Recorded | undefined> {
    const known = yield* journal.standing(id);
    if (!known) return undefined;
    const { outcome, reason, asked: [ask = null] } = yield* this.#decide(known.sequence, yield* journal.read(known.sequence));
    return { outcome, reason, ask, collect: null };
  }

  *#saveAnswer({ subscription, invoices, payment: shown }: Answer, { after, heard, quietly = false }: Asked): Work<boolean> {
    const { id, asOf, version } = subscription;
    const known = yield* subscriptions.version(id);
    if (version !== known + 1) return false;
    if (!known && after !== undefined && (yield* journal.lastInvoiceEvent(id)) > after) return false;
    const payment = shown && heard ? yield* cards.asAnswered(shown, heard) : shown;
    if (shown && !payment) return false;
    const isNoNews = quietly && !known && !(yield* journal.isHeardOf(id));
    yield* journal.addAnswer(subscription, invoices, payment);
    yield* subscriptions.saveAnswered(subscription);
    for (const invoice of invoices) yield* subscriptions.saveInvoice(invoice);
    if (payment) yield* cards.learn(payment);
    yield* subscriptions.answered(id);
    yield* consequences.draw(id, this.#terms(asOf * 1000), { quietly: isNoNews });
    return true;
  }

  *#attempt(sequence: number, told: journal.Journaled, at: number, failure?: Decision): Work<Decided> {
    const decision = failure ? { ...failure, asked: [], place: null } : yield* this.#decide(sequence, told);
    yield* this.#save(decision);
    for (const id of decision.asked) yield* subscriptions.ask(id);
    const outdated = new Set(decision.subscription ? [] : [decision.invoice?.subscription, ...decision.asked]);
    for (const id of outdated) yield* subscriptions.outdateAnswers(id);
    const changed = decision.subscription?.id ?? decision.invoice?.subscription;
    if (changed) yield* consequences.draw(changed, this.#terms(Math.max(at, told.event.created * 1000)));
    yield* journal.addAttempt(sequence, at, decision);
    return decision;
  }

  *#decide(sequence: number, { event, payload }: journal.Journaled): Work<Decided> {
    try {
      if (isTooDeep(event, payload)) throw new TypeError(TOO_DEEP);
      const { tied, ...cached } = yield* before(event, sequence);
      const decision = applyEvent(event, { ...cached, tied: tied && [...tied.keys()] }, { livemode: this.#livemode });
      const place = journal.placeOf(decision.subscription, [[event, sequence], ...(tied ?? [])]);
      return { ...decision, asked: yield* toAsk(decision), place };
    } catch (error) {
      if (!isOfWork(error)) throw error;
      return { outcome: 'failed', reason: `its object cannot be read: ${(error as Error).message}`, asked: [], place: null };
    }
  }

  *#save({ subscription, invoice, place, ...payment }: Decided): Work<void> {
    if (subscription) yield* subscriptions.save(subscription, place);
    if (invoice) yield* subscriptions.saveInvoice(invoice);
    yield* cards.save(payment);
  }

  *#drawAll(due: readonly string[], now: number): Work<void> {
    for (const subscription of due) yield* consequences.draw(subscription, this.#terms(now));
  }

  #terms(now: number): Terms {
    return { ...this.#rules, now };
  }
}

/** On what a customer pays with, nothing depends but the subscriptions that go on. */
function* toAsk({ ask, askOf }: Decision): Work<readonly string[]> {
  if (askOf !== undefined) return yield* subscriptions.goingOn(askOf);
  return ask === undefined ? [] : [ask];
}

function notApplied(error: unknown): Decision {
  return { outcome: 'failed', reason: `it could not be applied: ${(error as Error).message}` };
}

async function* pages(engine: Engine): AsyncGenerator<CachedSubscription[]> {
  for (let after: subscriptions.Place | undefined; ; ) {
    const { subscriptions: page, last } = await engine.read(() => subscriptions.page(after));
    if (!last) return;
    yield page;
    after = last;
  }
}

/** Loaded when the owner first decides something: the calendar that comes along would cost every start. */
const bookings = () => import('./tables/bookings.ts');
