/** What can be set about the sandbox while it runs: what stands in an account's Dashboard, readings of what Stripe does not say, and faults. */
import { EVENT_VERSIONS } from './event-versions.ts';
import type { Store } from './stored.ts';

const SEED_MAX = 2 ** 31 - 1;
const NAME_LENGTH = 100;

/** One switch: its value when nobody sets it, what it means, and how a given value is read (`undefined`: it is none). */
interface Switch<T> {
  unset: T;
  says: string;
  takes: string;
  read(value: unknown): T | undefined;
}

/** Every switch by name: `/_sandbox/switches` and the flags of `devchat sandbox` come from this table. */
export const SWITCHES = {
  dunning_end: oneOf(['cancel', 'unpaid', 'leave'], 'what becomes of a subscription when the last retry of its payment has failed'),
  billing_mode: oneOf(['flexible', 'classic'], 'the billing mode of a new subscription that asks for none'),
  business_name: name('/dev/chat', 'the business that the account belongs to, as pages and /v1/account call it'),
  cli_reconnect_seconds: seconds(3600, [1, 86_400], 'how long the Stripe CLI keeps one connection before it makes a new one'),
  cli_unacknowledged: oneOf(['resend', 'forget'], 'whether a Stripe CLI that comes back hears what it has not acknowledged'),
  trial_end_now_billing_reason: oneOf(['subscription_update', 'subscription_cycle'], 'the billing_reason of the invoice when a trial is ended by trial_end=now'),
  late_feedback_event: oneOf(['updated', 'none'], 'whether customer.subscription.updated tells of a reason given after the cancellation'),
  upcoming_invoice_days: oneOf(['7', '3', '15', '30', '45', 'never'], 'how many days before a renewal invoice.upcoming tells of it'),
  advancing_clock_error: oneOf(['lock_timeout', 'invalid_request'], 'how a write is refused on what belongs to a test clock that is advancing: 429 or 400'),
  trial_checkout: oneOf(['free', 'full'], 'whether a Checkout Session with a trial amounts to nothing (no_payment_required) or to its full price (paid)'),
  portal_cancellation_reasons: oneOf(['five', 'none'], 'the cancellation reasons of a portal configuration that names none'),
  portal_link_life: seconds(300, [1, 31_536_000], 'how long a portal link waits for its first visit'),
  portal_visit_life: seconds(3600, [1, 31_536_000], 'how long a visited portal page lives without another visit'),
  delivery_order: oneOf(['emission', 'parallel'], 'whether an endpoint gets its events one after the other, or several at once'),
  delivery_retries: oneOf(['quick', 'test_mode', 'live', 'none'], 'when an endpoint that refused an event gets it again'),
  delivery_timeout: seconds(20, [1, 120], 'how long an endpoint has to answer'),
  event_api_version: oneOf(EVENT_VERSIONS, 'the account’s API version: the shape of events where an endpoint names none'),
  shuffle_events: seed('lets events of one burst arrive in an order that the seed decides'),
  delay_events: seconds(0, [0, 86_400], 'how long every event waits before its first delivery'),
  duplicate_events: oneOf(['off', 'same', 'twin'], 'delivers every event twice, or emits two events for every change'),
  drop_events: dropped('emits these events but delivers them to nobody'),
} as const satisfies Record<string, Switch<unknown>>;

export type SwitchName = keyof typeof SWITCHES;
export type SwitchValues = { [Name in SwitchName]: (typeof SWITCHES)[Name]['unset'] };

export interface Switches {
  get<Name extends SwitchName>(name: Name): SwitchValues[Name];
  all(): SwitchValues;
  /** Those that stand elsewhere than where the table leaves them. */
  given(): Partial<SwitchValues>;
  /** Sets all of them or none; null unsets. Throws an Error that names the unknown switch or the value that it does not take. */
  set(changes: Record<string, unknown>): void;
  reset(): void;
}

const SETTING = 'switches';
const UNSET = Object.fromEntries(Object.entries(SWITCHES).map(([name, { unset }]) => [name, unset])) as SwitchValues;

/** The switches as the store remembers them. */
export function createSwitches(store: Store): Switches {
  const recall = (): SwitchValues => ({ ...UNSET, ...(JSON.parse(store.setting(SETTING) ?? '{}') as Partial<SwitchValues>) });
  let values = recall();
  const given = (): Partial<SwitchValues> => Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== UNSET[name as SwitchName]));
  const keep = (wanted: object): void => {
    store.setSetting(SETTING, JSON.stringify(wanted));
    values = recall();
  };
  return {
    get: (name) => values[name],
    all: () => values,
    given,
    set: (changes) => keep({ ...given(), ...readSwitches(changes) }),
    reset: () => keep({}),
  };
}

/** Values as the switches keep them; null unsets. Throws an Error that names the unknown switch, or what a switch takes. */
export function readSwitches(changes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, readSwitch(name, value)]));
}

function readSwitch(name: string, value: unknown): unknown {
  if (!Object.hasOwn(SWITCHES, name)) throw new Error(`The sandbox has no switch ${name}. It has: ${Object.keys(SWITCHES).join(', ')}.`);
  const { read, takes }: Switch<unknown> = SWITCHES[name as SwitchName];
  const known = value === null ? undefined : read(value);
  if (value !== null && known === undefined) throw new Error(`The switch ${name} takes ${takes}.`);
  return known;
}

/** The first word stands when nobody sets it. */
function oneOf<const Words extends readonly [string, ...string[]]>(words: Words, says: string): Switch<Words[number]> {
  return { unset: words[0], says, takes: words.join(', '), read: (value) => words.find((word) => word === value) };
}

/** A text that is not empty. */
function name(unset: string, says: string): Switch<string> {
  const read = (value: unknown): string | undefined => {
    return typeof value === 'string' && value.trim() !== '' && value.length <= NAME_LENGTH ? value.trim() : undefined;
  };
  return { unset, says, takes: `${unset}, or another name of at most ${NAME_LENGTH} characters`, read };
}

/** Whole seconds from `least` to `most`, as a number or as its digits. */
function seconds(unset: number, [least, most]: readonly [number, number], says: string): Switch<number> {
  const takes = `a whole number of seconds from ${least} to ${most}`;
  return { unset, says, takes, read: (value) => wholeNumber(value, least, most) };
}

/** A chosen seed can be read back, so that its order can be had again. */
function seed(says: string): Switch<number | 'off'> {
  const read = (value: unknown): number | 'off' | undefined => {
    if (value === 'off') return value;
    return value === 'random' ? Math.floor(Math.random() * SEED_MAX) : wholeNumber(value, 0, SEED_MAX);
  };
  return { unset: 'off', says, takes: `off, random, or a whole number from 0 to ${SEED_MAX}`, read };
}

/** Event types with `*` for anything, or a number. */
function dropped(says: string): Switch<string | number> {
  const isTypes = (text: unknown): text is string => typeof text === 'string' && /^[a-z_*][a-z0-9_.*]*(,[a-z_*][a-z0-9_.*]*)*$/.test(text);
  const read = (value: unknown): string | number | undefined => (isTypes(value) ? value : wholeNumber(value, 1, SEED_MAX));
  return { unset: 'off', says, takes: 'off, event types such as invoice.paid,customer.*, or a number n for every n-th event', read };
}

function wholeNumber(value: unknown, least: number, most: number): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return Number.isInteger(number) && Number(number) >= least && Number(number) <= most ? Number(number) : undefined;
}
