/** What holds for every plan, over random wishes and random accounts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Declared } from '../../../cli/provision/declared/schema.ts';
import { desired, PARTS } from '../../../cli/provision/desired.ts';
import { plan, type Change } from '../../../cli/provision/plan.ts';
import { KINDS, withReferences, type Found, type Json, type Kind, type Settings, type Wanted } from '../../../cli/provision/resources/resource.ts';
import { RESOURCES } from '../../../cli/provision/resources/resources.ts';
import { leavesOf, satisfies } from '../../../cli/provision/settings.ts';
import { randomDeclared } from './random-declared.ts';

const KEY = 'devchat-test';
const declarations = randomDeclared();

const flag = fc.boolean();
const text = fc.constantFrom(null, '', 'one', 'two', '/dev/chat');
const words = fc.subarray(['address', 'email', 'name', 'phone']).chain((some) => fc.shuffledSubarray(some, { minLength: some.length }));
const metadata = fc.dictionary(fc.constantFrom('challenge_id', 'team', 'a.b'), fc.constantFrom('x', 'y'));

function some(model: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<Settings> {
  return fc.record(model, { requiredKeys: [] });
}

function feature(model: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<Settings> {
  return fc.record({ enabled: flag, ...model }, { requiredKeys: ['enabled'] });
}

const product = fc.record({ product: fc.constantFrom('prod_a', 'prod_b'), prices: fc.subarray(['price_1', 'price_2'], { minLength: 1 }) });

const SETTINGS: Record<Kind, fc.Arbitrary<Settings>> = {
  product: some({ active: flag, name: fc.constantFrom('one', 'two'), unit_label: text, metadata }),
  price: some({ active: flag, currency: fc.constantFrom('usd', 'eur'), unit_amount: fc.nat(3), recurring: some({ interval: fc.constantFrom('month', 'year') }), metadata }),
  portal_configuration: some({
    active: flag,
    name: text,
    default_return_url: text,
    business_profile: some({ headline: text, privacy_policy_url: text }),
    login_page: feature({}),
    metadata,
    features: some({
      customer_update: feature({ allowed_updates: words }),
      invoice_history: feature({}),
      payment_method_update: feature({ payment_method_configuration: text }),
      subscription_cancel: feature({ mode: fc.constantFrom('immediately', 'at_period_end'), cancellation_reason: feature({ options: words }) }),
      subscription_update: feature({ default_allowed_updates: words, products: fc.uniqueArray(product, { selector: (one) => one.product }) }),
    }),
  }),
  webhook_endpoint: some({ status: fc.constantFrom('enabled', 'disabled'), url: fc.constantFrom('https://a', 'https://b'), enabled_events: words, api_version: fc.constantFrom('old', 'new'), metadata }),
};

const kinds = fc.subarray([...KINDS]);
const desiredStates: fc.Arbitrary<Wanted[]> = kinds.chain((chosen) =>
  fc.tuple(...chosen.map((kind) => SETTINGS[kind].map((settings) => ({ kind, key: KEY, settings: inUse(kind, settings) })))),
);
const currentStates: fc.Arbitrary<Found[]> = kinds.chain((chosen) => fc.tuple(...chosen.map(foundOf))).filter(pricesHaveTheirProduct);

/** What is not in use is never wanted when it has to be made. */
function inUse(kind: Kind, settings: Settings): Settings {
  const { path, on } = RESOURCES[kind].activity;
  return path in settings ? { ...settings, [path]: on } : settings;
}

/** A price is read together with its product. */
function pricesHaveTheirProduct(current: readonly Found[]): boolean {
  const exists = (kind: Kind) => current.some((found) => found.kind === kind && found.matches.length > 0);
  return exists('product') || !exists('price');
}

function foundOf(kind: Kind): fc.Arbitrary<Found> {
  const stored = SETTINGS[kind].map((settings) => (kind === 'price' ? { product: 'prod_else', ...settings } : settings));
  const matches = fc.array(stored, { maxLength: 3 }).map((all) => all.map((settings, index) => ({ id: `${kind}_${index}`, settings })));
  return matches.map((list) => ({ kind, key: KEY, matches: list, hasMore: false }));
}

/** What another business, declared by somebody, has left in the account. */
function leftBy(declared: Declared, wanted: readonly Wanted[]): Found[] {
  const left = applied(plan(wish(declared), []).changes, []);
  return wanted.map(({ kind, key }) => left.find((found) => found.kind === kind && found.key === key) ?? { kind, key, matches: [], hasMore: false });
}

function wish(declared: Declared): Wanted[] {
  return desired({ challengeId: KEY, parts: PARTS, baseUrl: 'https://devchat.example', declared });
}

describe('what is declared', () => {
  it('is there once it is applied, whatever was declared before', () => {
    fc.assert(
      fc.property(declarations, declarations, (before, after) => {
        const wanted = wish(after);
        const left = leftBy(before, wanted);
        expect(plan(wanted, applied(plan(wanted, left).changes, left)).changes).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is all that is written, with what Stripe demands beside it', () => {
    fc.assert(
      fc.property(declarations, declarations, (before, after) => {
        const wanted = wish(after);
        const changes = plan(wanted, leftBy(before, wanted)).changes.filter(({ action }) => action === 'update');
        for (const change of changes) expect(allowedPaths(wanted, change)).toEqual(expect.arrayContaining(pathsOf(change.write)));
      }),
    );
  });

  it('no longer declared is left as it is, but for what the brief says of it', () => {
    fc.assert(
      fc.property(declarations, (before) => {
        const wanted = wish({});
        const changes = plan(wanted, leftBy(before, wanted)).changes;
        for (const change of changes) expect(allowedPaths(wanted, change)).toEqual(expect.arrayContaining(change.fields.map(({ path }) => path)));
      }),
    );
  });
});

describe('a plan', () => {
  it('leaves nothing to do once it is applied', () => {
    fc.assert(
      fc.property(desiredStates, currentStates, flag, (desired, current, prune) => {
        const after = applied(plan(desired, current, { prune }).changes, current);
        expect(plan(desired, after, { prune }).changes).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same for the same account, in whatever order it was read', () => {
    fc.assert(
      fc.property(desiredStates, currentStates, (desired, current) => {
        expect(plan(desired.toReversed(), structuredClone(current.toReversed()))).toEqual(plan(desired, current));
      }),
    );
  });

  it('names and writes declared settings only, with what Stripe demands beside them', () => {
    fc.assert(
      fc.property(desiredStates, currentStates, (desired, current) => {
        for (const change of plan(desired, current).changes.filter(({ successor }) => successor === undefined)) {
          const fields = change.fields.map(({ path }) => path);
          expect(declaredPaths(desired, change)).toEqual(expect.arrayContaining(fields));
          expect(allowedPaths(desired, change)).toEqual(expect.arrayContaining(pathsOf(change.write)));
          expect(fields).toEqual([...new Set(fields)]);
        }
      }),
    );
  });

  it('names no setting that is as wanted', () => {
    fc.assert(
      fc.property(desiredStates, currentStates, (desired, current) => {
        const fields = plan(desired, current).changes.filter(({ action }) => action !== 'create').flatMap((change) => change.fields);
        expect(fields.filter(({ before, after }) => satisfies(before, after))).toEqual([]);
      }),
    );
  });
});

function declaredPaths(wanted: readonly Wanted[], { kind, key }: Change): string[] {
  const declared = wanted.find((each) => each.kind === kind && each.key === key);
  return [...pathsOf(declared?.settings ?? {}), ...Object.keys(RESOURCES[kind].references)];
}

function allowedPaths(wanted: readonly Wanted[], change: Change): string[] {
  const { siblings, namedOnCreate } = RESOURCES[change.kind];
  const demanded = Object.entries(siblings).flatMap(([parent, names]) => names.map((name) => `${parent}.${name}`));
  return [...declaredPaths(wanted, change), ...demanded, ...namedOnCreate];
}

function pathsOf(settings: Settings): string[] {
  return leavesOf(settings).map(({ path }) => path.join('.'));
}

/** What Stripe would hold after these changes: hashes merge, lists are replaced, the empty text unsets. */
function applied(changes: readonly Change[], before: readonly Found[]): Found[] {
  const state = structuredClone(before) as Found[];
  for (const change of changes) {
    const found = state.find((each) => isAbout(each, change)) ?? { kind: change.kind, key: change.key, matches: [], hasMore: false };
    const ids = Object.fromEntries(state.map(({ kind, matches }) => [kind, matches[0]?.id]));
    const others = found.matches.filter(({ id }) => id !== change.id);
    const made = { id: `${change.kind}_new`, settings: newObject(change.kind, withReferences(change.write, RESOURCES[change.kind].references, ids)) };
    const isNew = change.action === 'create' || change.action === 'replace';
    const edited = found.matches.map((match) => (match.id === change.id ? { ...match, settings: merged(match.settings, change.write) } : match));
    state.splice(0, state.length, ...state.filter((each) => !isAbout(each, change)), { ...found, matches: isNew ? [made, ...others] : edited });
  }
  return state;
}

function isAbout(found: Found, { kind, key }: Change): boolean {
  return found.kind === kind && found.key === key;
}

function newObject(kind: Kind, write: Settings): Settings {
  const { path, on } = RESOURCES[kind].activity;
  return { secret: 'saved', livemode: false, features: { subscription_cancel: { mode: 'at_period_end' } }, [path]: on, ...merged({}, write) };
}

function merged(stored: Json, write: Settings): Settings {
  const result: Record<string, Json> = { ...(stored as Settings) };
  for (const [name, value] of Object.entries(write)) {
    if (value === '') result[name] = null;
    else if (Array.isArray(value)) result[name] = value.toReversed();
    else result[name] = typeof value === 'object' && value !== null ? merged(result[name] ?? {}, value as Settings) : value;
  }
  return result;
}
