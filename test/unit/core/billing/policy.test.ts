import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, follows, policySchema, policyText, type Policy } from '../../../../core/billing/policy.ts';
import { VERDICTS } from '../../../../core/billing/views.ts';
import { DAY, HOUR, START } from '../../../support/stripe-objects.ts';

const verdicts = fc.constantFrom(...VERDICTS);
const policies: fc.Arbitrary<Policy> = fc.record({
  past_due: fc.oneof(verdicts, fc.record({ graceDays: fc.integer({ min: 1, max: 60 }) })),
  unpaid: verdicts,
  incomplete: verdicts,
  paused: verdicts,
  unknown: verdicts,
});

describe('as it is written', () => {
  test.each<[unknown, Partial<Policy>]>([
    ['past_due=3d', { past_due: { graceDays: 3 } }],
    [' past_due = 60d , paused=off', { past_due: { graceDays: 60 }, paused: 'off' }],
    ['unpaid=off,incomplete=on,unknown=off', { unpaid: 'off', incomplete: 'on', unknown: 'off' }],
    [{ past_due: '1d' }, { past_due: { graceDays: 1 } }],
    [{}, {}],
  ])('%j', (written, chosen) => {
    expect(policySchema.parse(written)).toEqual({ ...DEFAULT_POLICY, ...chosen });
  });

  test('each policy reads back from its own text', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(policySchema.parse(policyText(policy))).toEqual(policy);
      }),
    );
  });
});

describe('what follows', () => {
  test.each(VERDICTS)('%s: at once', (verdict) => {
    expect(follows(verdict, START, START * 1000)).toEqual({ verdict, graceUntil: null });
  });

  const end = START + 3 * DAY;

  test.each([
    ['as it fails', START * 1000, 'on', end],
    ['an hour later', (START + HOUR) * 1000, 'on', end],
    ['in the last millisecond of grace', end * 1000 - 1, 'on', end],
    ['in the first after it', end * 1000, 'hold', null],
    ['a day later', (end + DAY) * 1000, 'hold', null],
  ])('three days of grace, %s', (_when, now, verdict, graceUntil) => {
    expect(follows({ graceDays: 3 }, START, now)).toEqual({ verdict, graceUntil });
  });

  test('nobody is in grace since an unknown day', () => {
    expect(follows({ graceDays: 60 }, null, START * 1000)).toEqual({ verdict: 'hold', graceUntil: null });
  });
});
