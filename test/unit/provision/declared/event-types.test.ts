/** The event types that can be declared are those of the SDK. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../support/folders.ts';

const SDK = join(ROOT, 'node_modules/stripe/esm/resources/WebhookEndpoints.d.ts');
const TABLE = join(ROOT, 'cli/provision/declared/event-types.ts');

/** `npx vitest run <this file> --update=all` writes the table anew. */
test('the table of event types', async () => {
  const [, union = ''] = /type EnabledEvent = (.+);/.exec(readFileSync(SDK, 'utf8')) ?? [];
  const types = [...union.matchAll(/'([a-z0-9_.]+)'/g)].map(([, type = '']) => `  '${type}',\n`);
  expect(types.length).toBeGreaterThan(200);
  const purpose = '/** The event types that a webhook endpoint can ask for; written by test/unit/provision/declared/event-types.test.ts. */';
  await expect(`${purpose}\nexport const EVENT_TYPES = [\n${types.join('')}] as const;\n`).toMatchFileSnapshot(TABLE);
});
