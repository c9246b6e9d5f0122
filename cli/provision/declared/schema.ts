/** devchat.config.json as a whole: what it may declare, and the JSON Schema by which editors help to write it. */
import { z } from 'zod';
import { policyTable } from '../../../core/billing/policy.ts';
import { SETTINGS, settingSchemas, type SettingName } from '../../../core/config.ts';
import { BRIEF } from '../brief.ts';
import { leavesOf } from '../settings.ts';
import { may, object, text } from './kinds.ts';
import { portal } from './portal.ts';
import { product } from './product.ts';
import { webhook } from './webhook.ts';

/** What `devchat provision` is to make. */
export const declarations = object({
  portal: may('The Customer Portal. What is not declared is the brief’s; what the brief does not say belongs to the account’s owner.', portal),
  product: may('The product and its prices.', product),
  webhook: may('The webhook endpoint.', webhook),
});

export type Declared = z.output<typeof declarations>;
export type DeclaredPrice = NonNullable<NonNullable<Declared['product']>['prices']>[number];

/** The same for editors, in the version of JSON Schema that they read best: https://json-schema.org/draft-07 */
export function jsonSchema(): object {
  const file = object({ $schema: may('Where this schema stands, for editors.', text()), ...settings(), ...declarations.shape });
  const schema = z.toJSONSchema(file, { target: 'draft-7', io: 'input', override: ({ jsonSchema: each }) => withoutSafeInteger(each) });
  for (const { path, value } of leavesOf(BRIEF)) tellDefault(schema, path, value);
  return { ...schema, title: 'devchat.config.json' };
}

function settings(): Record<string, z.ZodType> {
  const names = Object.keys(SETTINGS) as SettingName[];
  // What is read from any text or object says little to an editor.
  const schemas = { ...settingSchemas, policy: z.union([z.string(), policyTable]) };
  return Object.fromEntries(names.map((name) => [name, may(`${SETTINGS[name].says} In the environment: ${SETTINGS[name].env}.`, schemas[name])]));
}

/** That whole numbers end where JavaScript's do is nobody's concern. */
function withoutSafeInteger(schema: JsonSchema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

function tellDefault(schema: JsonSchema, [name = '', ...rest]: readonly string[], value: unknown): void {
  const property = schema.properties?.[name] as JsonSchema;
  if (rest.length > 0) tellDefault(property, rest, value);
  else property.default = value;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;
