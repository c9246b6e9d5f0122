import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../support/folders.ts';
import { provisionSummary } from '../../../cli/render/provision-summary.ts';
import type { Change } from '../../../cli/provision/plan.ts';

const TOLD = { account: '/dev/chat (acct_1), test mode', challengeId: 'devchat-test', applied: false };
const UPDATE: Change = {
  action: 'update',
  kind: 'portal_configuration',
  key: 'devchat-test',
  id: 'bpc1',
  fields: [
    { path: 'name', before: null, after: 'pair' },
    { path: 'features.customer_update.allowed_updates', before: ['email', 'name'], after: [] },
  ],
  write: {},
};

const HEAD = ['', '/dev/chat (acct&#95;1), test mode, challenge id <code>devchat-test</code>'];

describe('the summary', () => {
  test('is a row a setting, and names an object once', () => {
    expect(provisionSummary({ changes: [UPDATE], kinds: ['portal_configuration'], warnings: [] }, TOLD).split('\n')).toEqual([
      '### devchat provision: 1 to update',
      ...HEAD,
      '',
      '| | object | setting | in Stripe | wanted |',
      '|---|---|---|---|---|',
      '| change | portal configuration <code>bpc1</code> | <code>name</code> | (none) | <code>pair</code> |',
      '| | | <code>features.customer&#95;update.allowed&#95;updates</code> | <code>&#91;"email","name"&#93;</code> | (none) |'.replace('| | |', '|  |  |'),
      '',
    ]);
  });

  test('says what was done, and that nothing was', () => {
    expect(provisionSummary({ changes: [UPDATE], kinds: ['portal_configuration'], warnings: [] }, { ...TOLD, applied: true })).toMatch(/^### devchat provision: 1 updated\n/);
    expect(provisionSummary({ changes: [], kinds: ['portal_configuration'], warnings: [] }, TOLD).split('\n')).toEqual(['### devchat provision: Nothing to do: portal configuration matches', ...HEAD, '']);
  });

  test('quotes warnings', () => {
    expect(provisionSummary({ changes: [], kinds: ['product'], warnings: ['2 products carry x|y'] }, TOLD)).toContain('\n\n> 2 products carry x&#124;y\n');
  });

  test('shortens what is long', () => {
    const long = { ...UPDATE, fields: [{ path: 'name', before: null, after: 'x'.repeat(500) }] };
    expect(provisionSummary({ changes: [long], kinds: ['product'], warnings: [] }, TOLD)).toContain(`<code>${'x'.repeat(120)}…</code>`);
  });

  test('stands in the README as it is', () => {
    const fields = [
      { path: 'business_profile.headline', before: 'Welcome', after: '/dev/chat' },
      { path: 'features.subscription_cancel.mode', before: 'at_period_end', after: 'immediately' },
    ];
    const summary = provisionSummary({ changes: [{ ...UPDATE, id: 'bpc_1TXm', fields }], kinds: ['portal_configuration'], warnings: [] }, { account: '/dev/chat (acct_1TXm), test mode', challengeId: 'devchat', applied: false });
    const quoted = summary.trimEnd().split('\n').map((line) => `> ${line}`.trimEnd()).join('\n');
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`\n${quoted}\n`);
  });
});
