/** A plan as JSON and in one line. */
import { describe, expect, it } from 'vitest';
import type { Action, Change } from '../../../cli/provision/plan.ts';
import { planJson, planSummary } from '../../../cli/render/plan.ts';

function change(action: Action): Change {
  return { action, kind: 'price', key: 'monthly', id: 'price_1', fields: [{ path: 'nickname', before: undefined, after: 'Monthly' }], write: { nickname: 'Monthly' } };
}

describe('a plan for programs', () => {
  it('has every field with before and after, and nothing of how it is written', () => {
    expect(planJson({ changes: [change('update')] }, true)).toEqual({
      schemaVersion: 1,
      changes: [{ action: 'update', kind: 'price', key: 'monthly', id: 'price_1', fields: [{ path: 'nickname', before: null, after: 'Monthly' }] }],
      applied: true,
    });
  });
});

describe('a plan in one line', () => {
  it('counts what is to do, and what was done', () => {
    const changes = [change('update'), change('create'), change('update')];
    expect(planSummary({ changes, kinds: ['price'] }, false)).toBe('1 to create, 2 to update.');
    expect(planSummary({ changes, kinds: ['price'] }, true)).toBe('1 created, 2 updated.');
  });

  it('names what matches where nothing is to do', () => {
    expect(planSummary({ changes: [], kinds: ['portal_configuration'] }, false)).toBe('Nothing to do: portal configuration matches.');
    expect(planSummary({ changes: [], kinds: ['product', 'price', 'portal_configuration'] }, true)).toBe('Nothing to do: product, price and portal configuration match.');
  });
});
