/** What can be set about the sandbox while it runs: what stands in an account's Dashboard, readings of what Stripe does not say, and faults. */
import type { Store } from './world.ts';

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
  cli_reconnect_seconds: seconds(3600, [1, 86_400], 'how long the Stripe CLI keeps one connection before it makes a new one'),
  cli_unacknowledged: oneOf(['resend', 'forget'], 'whether a Stripe CLI that listens from now on and comes back hears what it has not acknowledged'),
  advancing_clock_error: oneOf(['lock_timeout', 'invalid_request'], 'how a write is refused on what belongs to a test clock that is advancing: 429 or 400'),
  trial_checkout: oneOf(['free', 'full'], 'whether a Checkout Session with a trial amounts to nothing (no_payment_required) or to its full price (paid)'),
} as const satisfies Record<string, Switch<unknown>>;

export type SwitchName = keyof typeof SWITCHES;
export type SwitchValues = { [Name in SwitchName]: (typeof SWITCHES)[Name]['unset'] };

export interface Switches {
  get<Name extends SwitchName>(name: Name): SwitchValues[Name];
  all(): SwitchValues;
  /** Sets all of them or none; null unsets. Throws an Error that names the unknown switch or the value that it does not take. */
  set(changes: Record<string, unknown>): void;
  reset(): void;
}

const SETTING = 'switches';
const UNSET = Object.fromEntries(Object.entries(SWITCHES).map(([name, { unset }]) => [name, unset])) as SwitchValues;

/** The switches as the store remembers them. */
export function createSwitches(store: Store): Switches {
  const recall = (): Partial<SwitchValues> => JSON.parse(store.setting(SETTING) ?? '{}') as Partial<SwitchValues>;
  let given = recall();
  const keep = (values: object): void => {
    store.setSetting(SETTING, JSON.stringify(values));
    given = recall();
  };
  const all = (): SwitchValues => ({ ...UNSET, ...given });
  return {
    get: (name) => all()[name],
    all,
    set: (changes) => keep({ ...given, ...Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, readSwitch(name, value)])) }),
    reset: () => keep({}),
  };
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

/** Whole seconds from `least` to `most`. */
function seconds(unset: number, [least, most]: readonly [number, number], says: string): Switch<number> {
  const isGood = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  return { unset, says, takes: `a whole number of seconds from ${least} to ${most}`, read: (value) => (isGood(value) ? value : undefined) };
}
