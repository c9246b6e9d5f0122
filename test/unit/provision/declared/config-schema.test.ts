/** docs/devchat.config.schema.json says what the code accepts. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { jsonSchema } from '../../../../cli/provision/declared/schema.ts';
import { ROOT } from '../../../support/folders.ts';

/** `npm run schema` writes the page anew. */
test('the JSON Schema for editors', async () => {
  await expect(`${JSON.stringify(jsonSchema(), null, 2)}\n`).toMatchFileSnapshot(join(ROOT, 'docs/devchat.config.schema.json'));
});

describe('an editor that reads it', () => {
  const schema = z.fromJSONSchema(jsonSchema() as z.core.JSONSchema.JSONSchema);

  test.each([
    [{}],
    [{ $schema: './docs/devchat.config.schema.json', port: 5000, policy: { past_due: '3d' } }],
    [{ policy: 'past_due=3d', portal: { name: null, features: { subscription_cancel: { mode: 'at_period_end' } }, metadata: { team: 'a', old: null } } }],
    [{ product: { prices: [{ currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' } }] }, webhook: { enabled_events: ['*', 'invoice.paid'] } }],
  ])('accepts %j', (file) => {
    expect(schema.safeParse(file).error).toBeUndefined();
  });

  test.each([
    [{ prot: 5000 }],
    [{ port: 'http' }],
    [{ policy: { past_due: 'maybe' } }],
    [{ portal: { active: false } }],
    [{ portal: { features: { subscription_cancel: { mode: 'later' } } } }],
    [{ product: { name: null } }],
    [{ product: { prices: [{ currency: 'usd', unit_amount: 6000 }] } }],
    [{ webhook: { enabled_events: ['invoice.payed'] } }],
  ])('marks %j', (file) => {
    expect(schema.safeParse(file).success).toBe(false);
  });
});

test('every setting and section has a description', () => {
  const without = undescribed(jsonSchema(), '');
  expect(without).toEqual([]);
});

interface Node {
  description?: string;
  properties?: Record<string, Node>;
  items?: Node;
  anyOf?: Node[];
}

function undescribed(node: Node, path: string): string[] {
  const properties = Object.entries(node.properties ?? {});
  return [
    ...properties.filter(([, { description }]) => !description).map(([name]) => `${path}.${name}`),
    ...properties.flatMap(([name, property]) => undescribed(property, `${path}.${name}`)),
    ...[...(node.items ? [node.items] : []), ...(node.anyOf ?? [])].flatMap((inner) => undescribed(inner, `${path}[]`)),
  ];
}
