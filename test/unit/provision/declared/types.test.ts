/** Everything that the SDK can set can be declared, in its own words. The compiler checks it: `npm run check:types` fails when the SDK grows. */
import type Stripe from 'stripe';
import { expectTypeOf, test } from 'vitest';
import type { Declared, DeclaredPrice } from '../../../../cli/provision/declared/schema.ts';

/** What is left of a type when it no longer matters what may be left out or emptied; texts of closed choices keep their words. */
type Plain<T> = T extends readonly (infer Element)[]
  ? Plain<Words<Element>>[]
  : T extends object
    ? string extends keyof T
      ? 'tags'
      : { [Key in keyof T]-?: Plain<Words<T[Key]>> }
    : T;

/** The SDK writes `'a' | 'b' | OtherString` for a choice, where others may come one day; and the empty text and null for what can be emptied. */
type Words<T> = Exclude<Closed<T>, null | undefined | ''>;
type Closed<T> = [Literal<T>] extends [never] ? T : Literal<T> | Exclude<T, string>;
type Literal<T> = T extends string ? (string extends T ? never : T extends '' ? never : T) : never;

/** Replaces the type at a path. */
type With<T, Path extends string, Replacement> = Path extends `${infer Head}.${infer Rest}`
  ? { [Key in keyof T]: Key extends Head ? With<T[Key], Rest, Replacement> : T[Key] }
  : { [Key in keyof T]: Key extends Path ? Replacement : T[Key] };

type Portal = NonNullable<Declared['portal']>;
type Product = NonNullable<Declared['product']>;
type Webhook = NonNullable<Declared['webhook']>;

test('the portal: all that an update takes', () => {
  type Sdk = Plain<Omit<Stripe.BillingPortal.ConfigurationUpdateParams, 'expand'>>;
  // Stripe refuses always_invoice on a cancellation, and a configuration that is not active serves nobody.
  type Ours = With<With<Sdk, 'features.subscription_cancel.proration_behavior', 'create_prorations' | 'none'>, 'active', true>;
  expectTypeOf<Plain<Portal>>().toEqualTypeOf<Ours>();
});

test('the portal: a creation takes nothing more', () => {
  type Sdk = Plain<Omit<Stripe.BillingPortal.ConfigurationCreateParams, 'expand'>>;
  type Ours = With<Sdk, 'features.subscription_cancel.proration_behavior', 'create_prorations' | 'none'>;
  expectTypeOf<Omit<Plain<Portal>, 'active'>>().toEqualTypeOf<Ours>();
});

test('the product', () => {
  type Declarable = Exclude<keyof Product, 'prices'>;
  expectTypeOf<Plain<Omit<Product, 'prices'>>>().toEqualTypeOf<Plain<Pick<Stripe.ProductUpdateParams, Declarable>>>();
});

test('a price', () => {
  type Declarable = Exclude<keyof DeclaredPrice, 'recurring'>;
  type Recurring = Pick<Stripe.PriceCreateParams.Recurring, keyof DeclaredPrice['recurring']>;
  expectTypeOf<Plain<Omit<DeclaredPrice, 'recurring'>>>().toEqualTypeOf<Plain<Pick<Stripe.PriceCreateParams, Declarable>>>();
  expectTypeOf<Plain<DeclaredPrice['recurring']>>().toEqualTypeOf<Plain<Recurring>>();
});

test('the webhook endpoint', () => {
  expectTypeOf<Plain<Webhook>>().toEqualTypeOf<Plain<Pick<Stripe.WebhookEndpointUpdateParams, keyof Webhook>>>();
});

test('a setting that the SDK grows is missed', () => {
  type Grown = Plain<Stripe.BillingPortal.ConfigurationUpdateParams.Features & { teleport: { enabled: boolean } }>;
  expectTypeOf<Plain<NonNullable<Portal['features']>>>().not.toEqualTypeOf<Grown>();
});
