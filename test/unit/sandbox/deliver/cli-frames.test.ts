/** How a delivery to the Stripe CLI ends: by what was acknowledged, and by what the forwarded posts were answered. */
import type Stripe from 'stripe';
import { beforeEach, describe, expect, test } from 'vitest';
import { eventFrames, hear } from '../../../../sandbox/deliver/cli-frames.ts';
import { deliveriesOf, queueDelivery, type Delivery } from '../../../../sandbox/deliver/deliveries.ts';
import { openStore } from '../../../../sandbox/store.ts';
import type { Store } from '../../../../sandbox/world.ts';

const EVENT = { id: 'evt_1', object: 'event', data: { object: {} }, pending_webhooks: 0 } as unknown as Stripe.Event;
let store: Store;
const delivery = (): Delivery => deliveriesOf(store, EVENT.id)[0]!;
const conversations = (): string[] => eventFrames(store, EVENT, delivery()).map((frame) => (JSON.parse(frame) as { webhook_conversation_id: string }).webhook_conversation_id);
const say = (type: string, conversation: string, more = {}): void => hear(store, JSON.stringify({ type, webhook_conversation_id: conversation, ...more }));
const answerWith = (status: number): void => say('webhook_response', `${delivery().id}.default`, { status, body: 'heard' });

beforeEach(() => {
  store = openStore();
  store.insert(EVENT);
  queueDelivery(store, EVENT.id, 'clisess_1');
});

describe('a delivery to the Stripe CLI', () => {
  test('is pending until both copies are acknowledged', () => {
    const [one = '', other = ''] = conversations();
    say('event_ack', one);
    expect(delivery().status).toBe('pending');
    expect(conversations()).toEqual([other]);
    say('event_ack', one);
    expect(delivery().status).toBe('pending');
    say('event_ack', other);
    expect(delivery()).toMatchObject({ status: 'acknowledged', attempts: [], _pending_for: null });
  });

  test.each([
    [200, 'succeeded'],
    [500, 'failed'],
  ])('that is answered %i afterwards has %s', (status, end) => {
    conversations().forEach((conversation) => say('event_ack', conversation));
    answerWith(status);
    expect(delivery()).toMatchObject({ status: end, attempts: [{ status, body: 'heard' }] });
  });

  test('may be answered between its two acknowledgements', () => {
    const [one = '', other = ''] = conversations();
    say('event_ack', one);
    answerWith(200);
    expect(delivery().status).toBe('pending');
    say('event_ack', other);
    expect(delivery()).toMatchObject({ status: 'succeeded', attempts: [{ status: 200 }] });
  });

  test('has failed when one of several configured endpoints refused it', () => {
    conversations().forEach((conversation) => say('event_ack', conversation));
    answerWith(500);
    answerWith(200);
    expect(delivery().status).toBe('failed');
  });

  test('is not changed by what nobody can understand', () => {
    for (const text of ['', '{', 'null', '[]', '{"type":"event_ack"}', '{"type":"event_ack","webhook_conversation_id":"whd_none.default"}']) hear(store, text);
    say('event_ack', `${delivery().id}.neither`);
    expect(delivery()).toMatchObject({ status: 'pending', attempts: [] });
  });
});
