import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lastAmong, orderInTime, type Dated, type Order, type Told } from '../../../../core/billing/ordering.ts';
import { permutations } from '../../../faults/permutations.ts';
import { CUSTOMER, START } from '../../../support/stripe-objects.ts';

const UPDATED = 'customer.subscription.updated';

describe('by its end and by time', () => {
  const known = (status: string, late = 0): Dated => ({ asOf: START + late, customer: CUSTOMER, status });
  const card = (customer: string | null, late = 0): Dated => ({ asOf: START + late, customer });

  test.each(['canceled', 'incomplete_expired'])('a subscription that has ended stays %s, however late an update comes', (status) => {
    expect(orderInTime(known('active', 1000), known(status))).toBe('older');
  });

  test.each(['canceled', 'incomplete_expired'])('a subscription is %s even by an event that comes late', (status) => {
    expect(orderInTime(known(status, -1000), known('active'))).toBe('newer');
  });

  test('a subscription that has ended takes later details of its end', () => {
    expect(orderInTime(known('canceled', 5), known('canceled'))).toBe('newer');
  });

  test('a detached card stays so, and there is no more to tell of it', () => {
    expect([orderInTime(card(CUSTOMER, 1000), card(null)), orderInTime(card(null, -1000), card(CUSTOMER)), orderInTime(card(null), card(null))]).toEqual(['older', 'newer', 'same']);
  });

  test('the later second is newer, the earlier one older, and of one second it is not sure', () => {
    expect([1, -1, 0].map((late) => orderInTime(known('active', late), known('past_due')))).toEqual(['newer', 'older', 'unsure']);
  });

  test('what nothing is known of is newer', () => {
    expect(orderInTime(known('active'), undefined)).toBe('newer');
  });

  test('the one that arrives first does not matter: the order turns round with them', () => {
    const asOf = fc.integer({ min: START, max: START + 2 });
    const subscriptions = fc.record({ asOf, customer: fc.constant(CUSTOMER), status: fc.constantFrom('active', 'past_due', 'canceled', 'incomplete_expired') });
    const cards = fc.record({ asOf, customer: fc.constantFrom(CUSTOMER, null) });
    const pairs = fc.oneof(fc.tuple(subscriptions, subscriptions), fc.tuple(cards, cards));
    const opposite: Readonly<Record<Order, Order>> = { newer: 'older', older: 'newer', same: 'same', unsure: 'unsure' };
    fc.assert(fc.property(pairs, ([one, other]) => orderInTime(one, other) === opposite[orderInTime(other, one)]), { numRuns: 1000 });
  });
});

/** What came last, in whatever order it is looked for; its place in the list, or null. */
function lastOf(told: Told[]): number | null {
  const found = permutations(told).map((order) => told.indexOf(lastAmong(order) as Told));
  expect(new Set(found).size, 'the order does not matter').toBe(1);
  return found[0]! < 0 ? null : found[0]!;
}

const updated = (previous: Record<string, unknown> | null, snapshot: object, type = UPDATED): Told => ({ type, previous, snapshot });
/** Changes of one field: "12" from 1 to 2. */
const changes = (...texts: string[]): Told[] => texts.map(([before, after]) => updated({ status: before }, { status: after }));

describe('what came last of one second', () => {
  test.each<[string, string[], number | null]>([
    ['one alone', ['12'], 0],
    ['one that changes what the other shows', ['12', '23'], 1],
    ['each changes what the one before shows', ['12', '23', '34'], 2],
    ['there and back', ['12', '21'], null],
    ['there and back, and there again', ['12', '21', '12'], null],
    ['round: any of them can have been the last', ['12', '23', '31'], null],
    ['there and back, and then elsewhere', ['12', '21', '13'], 2],
    ['elsewhere, and then there and back', ['31', '12', '21'], null],
    ['a change that starts where nothing else ends: what is between has not come', ['12', '34'], null],
    ['two changes of the same: what is between has not come', ['12', '13'], null],
    ['two changes to the same: what is between has not come', ['13', '23'], null],
    ['a round that has not come whole', ['23', '31'], 1],
  ])('%s', (_what, texts, place) => {
    expect(lastOf(changes(...texts))).toBe(place);
  });

  test('a hash tells the keys that changed', () => {
    expect(lastOf([updated({ status: 'trialing' }, { status: 'active', metadata: { plan: 'old', seat: '1' } }), updated({ metadata: { plan: 'old' } }, { status: 'active', metadata: { plan: 'new', seat: '1' } })])).toBe(1);
  });

  test('a key that was not there was null: where it is added and taken away, either can have been the last', () => {
    const added = updated({ metadata: { plan: null } }, { metadata: { plan: 'new' } });
    const taken = updated({ metadata: { plan: 'new' } }, { metadata: {} });
    expect([lastOf([added, taken]), lastOf([added, updated({ status: 'active' }, { status: 'paused', metadata: { plan: 'new' } })])]).toEqual([null, null]);
    expect(lastOf([taken, updated({ metadata: { plan: null } }, { metadata: { plan: 'other' } })])).toBe(1);
  });

  test('a list is told whole: where an item is added and taken away, either can have been the last', () => {
    const items = (...data: string[]) => ({ items: { data: data.map((id) => ({ id })) } });
    const [added, taken, replaced] = [updated(items('a'), items('a', 'b')), updated(items('a', 'b'), items('a')), updated(items('a', 'b'), items('c'))];
    expect([lastOf([added, taken]), lastOf([added, replaced]), lastOf([taken, replaced])]).toEqual([null, 1, null]);
    expect(lastOf([updated({ discounts: [] }, { discounts: ['x'] }), updated({ discounts: ['x'] }, { discounts: ['y'] })]), 'a list that was empty').toBe(1);
  });

  test('what does not say what it changed proves nothing of itself, but something can follow it', () => {
    const [silent, change] = [updated(null, { status: 'active' }), updated({ status: 'active' }, { status: 'past_due' })];
    expect([lastOf([silent, updated(null, { status: 'past_due' })]), lastOf([updated({}, { status: 'past_due' }), silent]), lastOf([silent, change])]).toEqual([null, null, 1]);
  });

  test('what says that it changed what it still shows proves nothing', () => {
    expect(lastOf([updated({ status: 'active' }, { status: 'active' }), updated(null, { status: 'active', metadata: {} })])).toBeNull();
  });

  test.each(['customer.subscription.created', 'customer.created', 'payment_method.attached'])('a birth comes first: %s', (type) => {
    const [birth, silent] = [updated(null, { status: 'incomplete' }, type), updated(null, { status: 'active' })];
    expect([lastOf([birth, silent]), lastOf([birth, ...changes('12')]), lastOf([birth, ...changes('12', '21')])]).toEqual([1, 1, null]);
  });

  test('the same told twice is told once', () => {
    const [first, last] = changes('12', '23') as [Told, Told];
    expect(lastAmong([last, first, structuredClone(last), structuredClone(first)])).toBe(last);
  });
});

describe('of any changes of two fields', () => {
  const VALUES = ['1', '2', '3'];
  interface State {
    status: string;
    metadata: { mark?: string };
  }
  const marked = (mark: string): State['metadata'] => (mark === '1' ? {} : { mark });
  const steps = fc.array(fc.record({ status: fc.constantFrom(...VALUES), mark: fc.constantFrom(...VALUES) }, { requiredKeys: [] }), { minLength: 1, maxLength: 5 });

  /** Each says what it changed; what changes nothing is not told. */
  const lives = steps.map((changed) => {
    let state: State = { status: '1', metadata: {} };
    const told: Told[] = [];
    for (const { status = state.status, mark = state.metadata.mark ?? '1' } of changed) {
      const [before, after] = [state, { status, metadata: marked(mark) }];
      const previous = {
        ...(before.status === status ? {} : { status: before.status }),
        ...(before.metadata.mark === after.metadata.mark ? {} : { metadata: { mark: before.metadata.mark ?? null } }),
      };
      if (Object.keys(previous).length > 0) told.push(updated(previous, (state = after)));
    }
    return told;
  });

  test('what is proven to be the last is the last, once all have come; what cannot have been the last is not claimed', () => {
    fc.assert(
      fc.property(lives.filter(({ length }) => length > 0), (life) => {
        for (const order of permutations(life)) {
          const last = lastAmong(order);
          if (last) expect(last.snapshot).toEqual(life.at(-1)!.snapshot);
          const ends = permutations(life).filter(isWhole).map((each) => JSON.stringify(each.at(-1)!.snapshot));
          if (new Set(ends).size > 1) expect(last).toBeUndefined();
        }
      }),
      { numRuns: 100 },
    );
  });

  /** Whether they can have happened in this order, with nothing between them: each begins with what the one before shows. */
  function isWhole(order: Told[]): boolean {
    return order.every(({ previous, snapshot }, place) => {
      const before = order[place - 1]?.snapshot as State | undefined;
      const { metadata, ...now } = snapshot as State;
      const own = previous as { status?: string; metadata?: { mark: string | null } };
      const started = { ...now, ...own, metadata: own.metadata ? marked(own.metadata.mark ?? '1') : metadata };
      return before === undefined || JSON.stringify(before) === JSON.stringify(started);
    });
  }
});
