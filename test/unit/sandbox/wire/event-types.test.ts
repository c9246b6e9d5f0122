/** The event types that an endpoint can ask for are those of the real SDK's types. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../support/folders.ts';

const DECLARED = join(ROOT, 'node_modules/stripe/cjs/resources/WebhookEndpoints.d.ts');
const TABLE = join(ROOT, 'sandbox/event-types.ts');

/** `npx vitest run <this file> --update=all` writes the table anew. */
test('the table of event types', async () => {
  const [, union = ''] = /type EnabledEvent = (.+);/.exec(readFileSync(DECLARED, 'utf8')) ?? [];
  const types = [...union.matchAll(/'([a-z0-9_.]+)'/g)].map(([, type = '']) => `  '${type}',\n`);
  expect(types.length).toBeGreaterThan(200);
  const purpose = '/** The event types of Stripe; written by test/unit/sandbox/wire/event-types.test.ts. */';
  await expect(`${purpose}\nexport const EVENT_TYPES: ReadonlySet<string> = new Set([\n${types.join('')}]);\n`).toMatchFileSnapshot(TABLE);
});
