/** A product as it is before anything is said about it. */
import type { Product } from '../billing/shapes.ts';
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';

/** Not stored yet. Throws StripeError when the chosen id is taken. */
export function newProduct(world: World, given: { id?: string | null | undefined; type?: Product['type'] | null | undefined }): Product {
  const id = given.id ?? world.newId('prod');
  if (world.store.find('product', id)) throw invalidRequest('Product already exists.', 'id', 'resource_already_exists');
  return {
    id,
    object: 'product',
    active: true,
    created: world.now(),
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name: '',
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: given.type ?? 'service',
    unit_label: null,
    updated: world.now(),
    url: null,
  };
}

