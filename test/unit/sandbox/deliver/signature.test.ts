import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { signatureHeader } from '../../../../sandbox/deliver/signature.ts';

const SECRET = 'whsec_test';
const PAYLOAD = '{\n  "id": "evt_1",\n  "object": "event"\n}';
const stripe = new Stripe('sk_test_unused');

describe('a signature', () => {
  test("is the SDK's own for the same payload, secret and time", () => {
    const timestamp = 1_790_000_000;
    const expected = stripe.webhooks.generateTestHeaderString({ payload: PAYLOAD, secret: SECRET, timestamp });
    expect(signatureHeader(PAYLOAD, SECRET, timestamp)).toBe(expected);
  });

  test('is accepted by the SDK, and only for the bytes that were signed', () => {
    const header = signatureHeader(PAYLOAD, SECRET, Math.floor(Date.now() / 1000));
    expect(stripe.webhooks.constructEvent(PAYLOAD, header, SECRET).id).toBe('evt_1');
    expect(() => stripe.webhooks.constructEvent(`${PAYLOAD} `, header, SECRET)).toThrow(/No signatures found matching/);
  });
});
