import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextBatch } from '../../../../sandbox/deliver/batch.ts';
import type { Delivery } from '../../../../sandbox/deliver/deliveries.ts';

const BEGIN = 1_000_000;

/** Deliveries that were queued one millisecond after the other. */
function burst(count: number, fields: Partial<Delivery> = {}): Delivery[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `whd_${index}`,
    object: '_delivery',
    event: `evt_${index}`,
    receiver: 'we_1',
    status: 'pending',
    attempts: [],
    due: BEGIN + index,
    due_by: 'real',
    _pending_for: 'we_1',
    ...fields,
  }));
}
const at = (real: number, sandbox = real) => ({ real, sandbox });
const ids = (deliveries: Delivery[]): string[] => deliveries.map(({ id }) => id);

test('without a seed what is due goes out in the order of emission, and the rest is waited for', () => {
  const pending = burst(4);
  expect(nextBatch(pending, at(BEGIN + 1), 'off')).toEqual({ now: pending.slice(0, 2), wait: 1 });
  expect(nextBatch([], at(BEGIN), 'off')).toEqual({ now: [], wait: undefined });
});

test('with a seed a burst waits for its end, but not for ever', () => {
  const pending = burst(3);
  expect(nextBatch(pending, at(BEGIN + 100), 7)).toEqual({ now: [], wait: 202 });
  expect(nextBatch(pending, at(BEGIN + 302), 7).now).toHaveLength(3);
  const endless = burst(5000);
  expect(nextBatch(endless, at(BEGIN + 3000), 7).now).toHaveLength(3001);
});

test('the same seed gives the same order, whatever the events; every event comes once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 30 }), (seed, count) => {
      const once = nextBatch(burst(count), at(BEGIN + 5000), seed).now;
      const again = nextBatch(burst(count, { event: 'evt_other' }), at(BEGIN + 9000), seed).now;
      expect(ids(again)).toEqual(ids(once));
      expect(ids(once).toSorted()).toEqual(ids(burst(count)).toSorted());
    }),
  );
});

test('seeds differ in the orders that they give', () => {
  const orders = new Set(Array.from({ length: 200 }, (_, seed) => ids(nextBatch(burst(4), at(BEGIN + 5000), seed).now).join()));
  expect(orders.size).toBe(24);
});

test('a retry by the sandbox’s time is due when that time has come, and looked for again soon', () => {
  const [retry] = burst(1, { attempts: [{ status: 500, body: '', error: null, at: BEGIN }], due: BEGIN + 3_600_000, due_by: 'sandbox' });
  expect(nextBatch([retry!], at(BEGIN), 'off')).toEqual({ now: [], wait: 500 });
  expect(nextBatch([retry!], at(BEGIN, BEGIN + 3_600_000), 'off').now).toEqual([retry]);
});
