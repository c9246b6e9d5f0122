/** Random declarations of every setting there is, contradictory ones too: made from the JSON Schema, so that no setting is forgotten. */
import fc from 'fast-check';
import { jsonSchema, type Declared, type DeclaredPrice } from '../../../cli/provision/declared/schema.ts';
import { priceLookupKey } from '../../../core/provisioned.ts';

interface Schema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  format?: string;
  pattern?: string;
  minimum?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | false;
}

export function randomDeclared(): fc.Arbitrary<Declared> {
  const { portal, product, webhook } = (jsonSchema() as Schema).properties ?? {};
  const sections = { type: 'object', properties: { portal, product, webhook } as Record<string, Schema> };
  return arbitraryOf(sections).map((each) => onePriceAnInterval(each as Declared));
}

function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(arbitraryOf));
  return (BY_TYPE[schema.type ?? ''] ?? unknownType)(schema);
}

const BY_TYPE: Readonly<Record<string, (schema: Schema) => fc.Arbitrary<unknown>>> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: ({ minimum = 0 }) => fc.integer({ min: minimum, max: minimum + 2 }),
  string: ({ format, pattern = '' }) => fc.constantFrom(...(format === 'uri' ? ['https://a.example', 'https://b.example'] : ['usd', 'eur'].filter((text) => new RegExp(pattern).test(text)))),
  array: ({ items = {} }) => fc.array(arbitraryOf(items), { maxLength: 3 }),
  object: ({ properties, required = [], additionalProperties }) =>
    properties
      ? fc.record(Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, arbitraryOf(property)])), { requiredKeys: required })
      : fc.dictionary(fc.constantFrom('team', 'a.b', 'old'), arbitraryOf(additionalProperties || {})),
};

function unknownType(schema: Schema): never {
  throw new Error(`no random value for ${JSON.stringify(schema)}`);
}

function onePriceAnInterval(declared: Declared): Declared {
  const keyOf = ({ recurring }: DeclaredPrice) => priceLookupKey(recurring, '');
  const keys = declared.product?.prices?.map(keyOf);
  const prices = declared.product?.prices?.filter((price, index) => keys?.indexOf(keyOf(price)) === index);
  return prices ? { ...declared, product: { ...declared.product, prices } } : declared;
}
