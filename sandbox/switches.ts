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
  trial_end_now_billing_reason: oneOf(['subscription_update', 'subscription_cycle'], 'the billing_reason of the invoice when a trial is ended by trial_end=now'),
  late_feedback_event: oneOf(['updated', 'none'], 'whether customer.subscription.updated tells of a reason given after the cancellation'),
  upcoming_invoice_days: oneOf(['7', '3', '15', '30', '45', 'never'], 'how many days before a renewal invoice.upcoming tells of it'),
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
