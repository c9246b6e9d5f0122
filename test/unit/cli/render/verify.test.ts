/** How the cache differs from Stripe, as JSON: times are read as times where they can be some. */
import { expect, test } from 'vitest';
import { verifyJson } from '../../../../cli/render/verify.ts';
import { START } from '../../../support/stripe-objects.ts';

test('a time that no calendar knows is shown as the number it is', () => {
  const { differences } = verifyJson({ compared: 1, unanswered: [], different: [{ id: 'sub_1', customer: 'cus_1', email: null, finding: 'differs', differences: [{ path: 'billing_cycle_anchor', cached: 1e300, stripe: START }], open: [] }] });
  expect(differences[0]?.fields).toEqual([{ path: 'billing_cycle_anchor', cached: 1e300, stripe: '2026-01-15T12:00:00.000Z' }]);
});
