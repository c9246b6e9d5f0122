import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { eventDetail, eventLines, payloadJson, tailHead, tailLine } from '../../../../cli/render/events.ts';
import { widthOf } from '../../../../cli/render/lines.ts';
import { event as stripeEvent, subscription } from '../../../support/stripe-objects.ts';
import type { JournaledEvent } from '../../../../core/cache/cache.ts';

const plain = new Chalk({ level: 0 });
const coloured = new Chalk({ level: 1 });

function journaled(type: string, fields: Partial<JournaledEvent> = {}): JournaledEvent {
  return {
    sequence: 1,
    id: 'evt_1KlIoy5XW96wSt9Gxix9kfgf',
    type,
    created: Date.UTC(2026, 10, 23, 12, 59, 59) / 1000,
    receivedAt: Date.UTC(2026, 10, 23, 13, 4, 31),
    source: 'webhook',
    outcome: 'applied',
    reason: 'active -> past_due',
    customer: 'cus_1',
    subscription: 'sub_1',
    invoice: null,
    ...fields,
  };
}

const EVENTS = ['customer.subscription.updated', 'invoice.payment_action_required', 'customer.subscription.trial_will_end', 'plan.created'].map((type) => journaled(type));

describe('a list of events', () => {
  test('a pipe gets everything', () => {
    expect(eventLines(EVENTS, plain, Infinity)).toEqual([
      'RECEIVED (UTC)    TYPE                                  OUTCOME  ID',
      '2026-11-23 13:04  customer.subscription.updated         applied  evt_1KlIoy5XW96wSt9Gxix9kfgf',
      '2026-11-23 13:04  invoice.payment_action_required       applied  evt_1KlIoy5XW96wSt9Gxix9kfgf',
      '2026-11-23 13:04  customer.subscription.trial_will_end  applied  evt_1KlIoy5XW96wSt9Gxix9kfgf',
      '2026-11-23 13:04  plan.created                          applied  evt_1KlIoy5XW96wSt9Gxix9kfgf',
    ]);
  });

  test('at 80 columns the types give way, never the ids', () => {
    expect(eventLines(EVENTS, plain, 80)).toEqual([
      'RECEIVED (UTC)    TYPE                     OUTCOME  ID',
      '2026-11-23 13:04  …subscription.updated    applied  evt_1KlIoy5XW96wSt9Gxix9kfgf',
      '2026-11-23 13:04  …ayment_action_required  applied  evt_1KlIoy5XW96wSt9Gxix9kfgf',
      '2026-11-23 13:04  …trial_will_end          applied  evt_1KlIoy5XW96wSt9Gxix9kfgf',
      '2026-11-23 13:04  plan.created             applied  evt_1KlIoy5XW96wSt9Gxix9kfgf',
    ]);
  });

  test.each([80, 100, 120])('colour changes no width (%i columns)', (room) => {
    const widths = (colour: typeof plain) => eventLines(EVENTS, colour, room).map(widthOf);
    expect(widths(coloured)).toEqual(widths(plain));
    expect(Math.max(...widths(coloured))).toBeLessThanOrEqual(room);
  });
});

describe('events that come one by one', () => {
  test('stand under their head, and what has no room is the start of the type', () => {
    const failed = journaled('customer.subscription.trial_will_end', { outcome: 'failed' });
    expect([tailHead(plain), ...EVENTS.slice(0, 2).map((each) => tailLine(each, plain, 80)), tailLine(failed, plain, Infinity)]).toEqual([
      'RECEIVED (UTC)    OUTCOME  ID                            TYPE',
      '2026-11-23 13:04  applied  evt_1KlIoy5XW96wSt9Gxix9kfgf  …subscription.updated',
      '2026-11-23 13:04  applied  evt_1KlIoy5XW96wSt9Gxix9kfgf  …ayment_action_required',
      '2026-11-23 13:04  failed   evt_1KlIoy5XW96wSt9Gxix9kfgf  customer.subscription.trial_will_end',
    ]);
  });

  test('colour changes no width', () => {
    const widths = (colour: typeof plain) => EVENTS.map((each) => widthOf(tailLine(each, colour, 80)));
    expect(widths(coloured)).toEqual(widths(plain));
    expect(Math.max(...widths(coloured))).toBeLessThanOrEqual(80);
  });
});

test('one event tells when it happened, when it came, every attempt, and its payload', () => {
  const event = journaled('customer.subscription.updated', { customer: null });
  const attempts = [
    { at: Date.UTC(2026, 10, 23, 13, 4), outcome: 'failed', reason: 'it could not be read' },
    { at: Date.UTC(2026, 10, 24, 8), outcome: 'applied', reason: 'active -> past_due' },
  ] as const;
  const updated = stripeEvent('customer.subscription.updated', subscription());
  expect(eventDetail({ event, attempts, payload: JSON.stringify(updated), email: undefined, status: 'past_due' }, plain, 80)).toEqual([
    'event         evt_1KlIoy5XW96wSt9Gxix9kfgf',
    'type          customer.subscription.updated: a subscription changed',
    'created       2026-11-23 12:59 UTC',
    'received      2026-11-23 13:04 UTC, by webhook',
    'subscription  sub_1, past_due now',
    'attempt       2026-11-23 13:04 UTC, failed: it could not be read',
    'attempt       2026-11-24 08:00 UTC, applied: active -> past_due',
    'means         It is part of the cached state. Nothing is to be done.',
    '',
    JSON.stringify(updated, null, 2),
  ]);
});

test('a payload that is nested too deep to be written anew is shown as it came', () => {
  const payload = JSON.stringify(stripeEvent('customer.subscription.updated', subscription())).replace('"metadata":{}', `"metadata":${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(eventDetail({ event: EVENTS[0]!, attempts: [], payload, email: undefined, status: undefined }, plain, 80).at(-1)).toBe(payload);
  expect(payloadJson(payload)).toBe(payload);
});
