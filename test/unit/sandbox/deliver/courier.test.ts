/** The courier's work: what waits for a retry costs nothing when another event comes. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { createClock } from '../../../../sandbox/clock.ts';
import { createCourier } from '../../../../sandbox/deliver/courier.ts';
import { findDelivery, queueDelivery } from '../../../../sandbox/deliver/deliveries.ts';
import type { WebhookEndpoint } from '../../../../sandbox/deliver/receivers.ts';
import { openStore } from '../../../../sandbox/store.ts';
import { createSwitches } from '../../../../sandbox/switches.ts';
import { waitFor } from '../../../support/wait-for.ts';

/** Nobody listens there. */
const DOWN = 'http://127.0.0.1:9/';

function openOffice() {
  const store = openStore();
  const switches = createSwitches(store);
  switches.set({ delivery_retries: 'test_mode' });
  store.insert({ id: 'we_1', object: 'webhook_endpoint', status: 'enabled', url: DOWN, api_version: null, _secret: 'whsec_a' } as unknown as WebhookEndpoint);
  store.insert({ id: 'evt_1', object: 'event' });
  const left = queueDelivery(store, 'evt_1', 'we_1');
  const courier = createCourier({ store, switches, clock: createClock(store) });
  onTestFinished(() => courier.close());
  const tried = (id: string) => waitFor('the try', () => findDelivery(store, id)?.attempts.length === 1);
  return { store, courier, left, tried };
}

test('what an earlier run left is tried, and so is what is added', async () => {
  const { store, courier, left, tried } = openOffice();
  const added = queueDelivery(store, 'evt_1', 'we_1');
  courier.add(added);
  await tried(left.id);
  await tried(added.id);
});

test('what waits is not read again for each new delivery', async () => {
  const { store, courier, left, tried } = openOffice();
  await tried(left.id);
  const reads = vi.spyOn(store, 'all');
  const added = queueDelivery(store, 'evt_1', 'we_1');
  courier.add(added);
  await tried(added.id);
  expect(reads.mock.calls.filter(([kind]) => kind === '_delivery')).toEqual([]);
});

test('what is forgotten meanwhile is left alone', async () => {
  const { store, courier, tried } = openOffice();
  const gone = queueDelivery(store, 'evt_1', 'we_1');
  courier.add(gone);
  store.remove('_delivery', gone.id);
  const next = queueDelivery(store, 'evt_1', 'we_1');
  courier.add(next);
  await tried(next.id);
  expect(findDelivery(store, gone.id)).toBeUndefined();
});
