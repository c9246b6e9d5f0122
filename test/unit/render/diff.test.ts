/** The diff as people see it, letter by letter. */
import { describe, expect, it } from 'vitest';
import type { Change, Field } from '../../../cli/provision/plan.ts';
import { renderDiff, type Palette } from '../../../cli/render/diff.ts';

const KEY = 'devchat-test';
const plain = (text: string) => text;
const noColour: Palette = { added: plain, removed: plain, changed: plain, dim: plain, bold: plain };

function change(fields: Field[], more: Partial<Change> = {}): Change {
  return { action: 'update', kind: 'portal_configuration', key: KEY, id: 'bpc_1', fields, write: {}, ...more };
}

function diff(changes: Change[], width = 80): string[] {
  return renderDiff({ changes }, { palette: noColour, width });
}

function fieldLines(field: Field, width = 80): string[] {
  return diff([change([field])], width).slice(1);
}

describe('the diff', () => {
  it('has no line where nothing changes', () => {
    expect(diff([])).toEqual([]);
  });

  it('aligns one line a setting under a header an object', () => {
    const made = change([{ path: 'name', before: null, after: '/dev/chat Pair Coding' }, { path: 'active', before: null, after: true }], { action: 'create', kind: 'product', id: null });
    const edited = change([
      { path: 'business_profile.headline', before: null, after: '/dev/chat' },
      { path: 'default_return_url', before: 'https://a.example', after: '' },
      { path: 'features.subscription_cancel.mode', before: 'at_period_end', after: 'immediately' },
      { path: 'features.subscription_cancel.proration_behavior', before: 'create_prorations', after: 'none' },
    ]);
    expect(diff([made, edited])).toEqual([
      '+ product (devchat-test)',
      '  + name    "/dev/chat Pair Coding"',
      '  + active  true',
      '',
      '~ portal configuration bpc_1 (devchat-test)',
      '  + business_profile.headline                        /dev/chat',
      '  - default_return_url                               https://a.example → (none)',
      '  ~ features.subscription_cancel.mode                at_period_end → immediately',
      '  ~ features.subscription_cancel.proration_behavior  create_prorations → none',
    ]);
  });

  it.each([
    ['create', '+'],
    ['update', '~'],
    ['replace', '±'],
    ['reactivate', '^'],
    ['deactivate', '-'],
  ] as const)('marks a %s with %s', (action, sign) => {
    expect(diff([change([{ path: 'active', before: false, after: true }], { action })])[0]).toBe(`${sign} portal configuration bpc_1 (devchat-test)`);
  });

  it('puts a long key on a line of its own', () => {
    const price = change([{ path: 'unit_amount', before: 5000, after: 6000 }], { action: 'replace', kind: 'price', id: 'price_1SFxyzLkdIwHu7ixAbCdEfGh', key: `devchat_paircode_monthly_${'0'.repeat(36)}` });
    expect(diff([price])).toEqual(['± price price_1SFxyzLkdIwHu7ixAbCdEfGh', `  (devchat_paircode_monthly_${'0'.repeat(36)})`, '  ~ unit_amount  5000 → 6000']);
  });

  it('leaves the column, then the line, then the middle of a value, as the room gets narrow', () => {
    const fields = [
      { path: 'short', before: 'an-old-value', after: 'a-new-value' },
      { path: 'a_path_that_is_long', before: 1, after: 2 },
    ];
    const lines = (width: number) => diff([change(fields, { kind: 'price', id: null, key: 'key' })], width).slice(1);
    expect(lines(51)[0]).toBe('  ~ short                an-old-value → a-new-value');
    expect(lines(50)[0]).toBe('  ~ short  an-old-value → a-new-value');
    expect(lines(34).slice(0, 2)).toEqual(['  ~ short', '      an-old-value → a-new-value']);
    expect(lines(30).slice(0, 3)).toEqual(['  ~ short', '      an-old-value', '      → a-new-value']);
    expect(lines(16).slice(0, 3)).toEqual(['  ~ short', '      an-ol…alue', '      → a-ne…lue']);
  });

  it('shows short lists in a line', () => {
    expect(fieldLines({ path: 'events', before: ['a', 'b'], after: ['b', 'c'] })).toEqual(['  ~ events  [a, b] → [b, c]']);
  });

  it('shows long lists by element: what stays, what comes, what goes', () => {
    const before = ['customer.subscription.created', 'charge.failed'];
    const after = ['customer.subscription.created', 'customer.subscription.updated', 'invoice.paid'];
    expect(fieldLines({ path: 'enabled_events', before, after })).toEqual([
      '  ~ enabled_events',
      '        customer.subscription.created',
      '      + customer.subscription.updated',
      '      + invoice.paid',
      '      - charge.failed',
    ]);
  });

  it('shows a long list that is new by element', () => {
    const after = ['customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted'];
    expect(fieldLines({ path: 'enabled_events', before: null, after })).toEqual(['  + enabled_events', ...after.map((element) => `      + ${element}`)]);
  });

  it('quotes what would be taken for something else', () => {
    const shown = (after: string) => fieldLines({ path: 'name', before: null, after })[0];
    expect(shown('true')).toBe('  + name  "true"');
    expect(shown('6000')).toBe('  + name  "6000"');
    expect(shown('two words')).toBe('  + name  "two words"');
    expect(shown('a\u001b[31mred')).toBe('  + name  "a\\u001b[31mred"');
    expect(shown('a\u009b31mred\u202e')).toBe('  + name  "a\\u009b31mred\\u202e"');
  });

  it('never passes 80 columns', () => {
    const fields = [
      { path: 'features.subscription_cancel.proration_behavior', before: 'x'.repeat(200), after: 'y '.repeat(90) },
      { path: 'enabled_events', before: null, after: ['z'.repeat(300)] },
    ];
    expect(diff([change(fields)]).filter((line) => line.length > 80)).toEqual([]);
  });

  it('colours signs and values without moving them', () => {
    const tagged: Palette = { added: (text) => `<a>${text}</a>`, removed: (text) => `<r>${text}</r>`, changed: (text) => `<c>${text}</c>`, dim: (text) => `<d>${text}</d>`, bold: (text) => `<b>${text}</b>` };
    const changes = [change([{ path: 'mode', before: 'later', after: 'now' }])];
    expect(renderDiff({ changes }, { palette: tagged, width: 80 })).toEqual([
      '<c>~ </c><b>portal configuration bpc_1</b> <d>(devchat-test)</d>',
      '<c>  ~ </c>mode  <r>later</r><d> → </d><a>now</a>',
    ]);
  });
});
