import { expect, test } from 'vitest';
import { openStore } from '../../../../sandbox/store.ts';
import { cardError, invalidInteger, resourceMissing, StripeError } from '../../../../sandbox/wire/errors.ts';
import { isKept, keepAnswer, keptAnswer, pruneAnswers } from '../../../../sandbox/wire/idempotency.ts';

const DAY = 86_400;
const ANSWER = { status: 200, body: '{}', requestId: 'req_1' };

test('a key lives for a real day, and can be used anew afterwards', () => {
  const store = openStore();
  keepAnswer(store, 'key', 'POST /v1/x', ANSWER, 0);
  expect(keptAnswer(store, 'key', 'POST /v1/x', DAY)).toEqual(ANSWER);
  expect(() => keptAnswer(store, 'key', 'POST /v1/y', DAY)).toThrow("Try using a key other than 'key' if you meant");
  expect(keptAnswer(store, 'key', 'POST /v1/y', DAY + 1)).toBeUndefined();
  const later = { ...ANSWER, requestId: 'req_2' };
  keepAnswer(store, 'key', 'POST /v1/y', later, DAY + 1);
  expect(keptAnswer(store, 'key', 'POST /v1/y', DAY + 2)).toEqual(later);
});

test('old answers go as new ones come, and all at once at a start', () => {
  const store = openStore();
  for (let index = 0; index < 5; index += 1) keepAnswer(store, `old-${index}`, '', ANSWER, 0);
  keepAnswer(store, 'new', '', ANSWER, 2 * DAY);
  expect(store.count('_idempotent_answer')).toBe(4);
  pruneAnswers(store, 2 * DAY);
  expect(store.count('_idempotent_answer')).toBe(1);
});

test.each([
  ['a missing object that the call names', resourceMissing('price', 'price_1', 'items[0][price]'), true],
  ['a declined card', cardError({ code: 'card_declined', message: 'Your card was declined.' }), true],
  ['a failure', new StripeError(500, { type: 'api_error', message: '' }), true],
  ['a wrong parameter', invalidInteger('limit', ''), false],
  ['too many calls', new StripeError(429, { type: 'invalid_request_error', message: '' }), false],
  ['a conflict', new StripeError(409, { type: 'invalid_request_error', message: '' }), false],
  ['a wrong key', new StripeError(401, { type: 'invalid_request_error', message: '' }), false],
])('%s is kept: %#', (_, error, kept) => {
  expect(isKept(error)).toBe(kept);
});

test('a key of 255 characters is good, a longer one is not', () => {
  const store = openStore();
  expect(keptAnswer(store, 'k'.repeat(255), '')).toBeUndefined();
  expect(() => keptAnswer(store, 'k'.repeat(256), '')).toThrow('up to 255 characters');
});
