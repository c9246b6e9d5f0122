import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { unanswered } from '../../../../core/billing/unanswered.ts';
import { DevchatError } from '../../../../core/errors.ts';

const { StripeInvalidRequestError, StripeAPIError, StripeAuthenticationError, StripePermissionError, StripeConnectionError, StripeRateLimitError } = Stripe.errors;
const raw = (statusCode: number | undefined, message: string) => ({ type: 'api_error', statusCode, message }) as never;

describe('a word about one subscription', () => {
  test.each([
    [new StripeInvalidRequestError({ ...(raw(400, 'no') as object), param: 'expand' }), 'Stripe: no [expand]'],
    [new StripeAPIError(raw(500, 'oh')), 'Stripe: oh; try again; https://status.stripe.com tells when Stripe itself has trouble'],
    [new DevchatError('failed', 'sub_1 changed each time it was fetched', 'it is fetched again later'), 'sub_1 changed each time it was fetched; it is fetched again later'],
  ])('%s', (error, reason) => {
    expect(unanswered('sub_1', error)).toEqual({ subscription: 'sub_1', reason });
  });
});

describe('no other would fare better', () => {
  test.each([
    new StripeAPIError(raw(undefined, 'Invalid JSON')),
    new StripeAuthenticationError(raw(401, 'no key')),
    new StripePermissionError(raw(403, 'not yours')),
    new StripeConnectionError(raw(undefined, 'nobody there')),
    new StripeRateLimitError(raw(429, 'slowly')),
    new DevchatError('unreachable', 'the cache is locked'),
    new TypeError('a mistake of ours'),
  ])('%s', (error) => {
    expect(() => unanswered('sub_1', error)).toThrow(error);
  });
});
