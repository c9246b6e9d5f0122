/** /v1/products */
import { change } from '../billing/change.ts';
import type { Price, Product } from '../billing/shapes.ts';
import { invalidRequest } from '../wire/errors.ts';
import { existing } from '../wire/existing.ts';
import { boolean, choice, hash, list, mergeMetadata, metadata, required, string, type Params } from '../wire/params.ts';
import { listRoute, route } from '../wire/route.ts';
import type { World } from '../world.ts';
import { newProduct } from './new-product.ts';
import { createPrice, priceDataSpec } from './prices.ts';

const settableSpec = {
  active: boolean(),
  description: string({ max: 40_000 }),
  images: list(string()),
  marketing_features: list(hash({ name: required(string({ max: 80 })) })),
  metadata: metadata(),
  shippable: boolean(),
  statement_descriptor: string({ max: 22 }),
  tax_code: string(),
  unit_label: string({ max: 12 }),
  url: string(),
};
type Settable = Params<typeof settableSpec> & { name?: string | null; default_price?: string | null };

const createSpec = {
  ...settableSpec,
  name: required(string()),
  id: string(),
  type: choice(['good', 'service']),
  default_price_data: hash(priceDataSpec),
};

export const productRoutes = [
  route('POST', '/v1/products', createSpec, (world, { params }) => {
    const { id, type, default_price_data: price, ...settable } = params;
    const product = world.store.insert(withChanges(newProduct(world, { id, type }), settable));
    if (!price) {
      world.emit('product.created', product);
      return product;
    }
    const priced = world.store.save({ ...product, default_price: createPrice(world, { ...price, product: product.id }).id });
    world.emit('product.created', priced);
    return priced;
  }),
  route('GET', '/v1/products/:id', {}, (world, { path }) => existing<Product>(world, 'product', path.id)),
  route('POST', '/v1/products/:id', { ...settableSpec, name: string(), default_price: string() }, (world, { path, params }) => {
    const product = existing<Product>(world, 'product', path.id);
    if (params.default_price) checkDefaultPrice(world, product, params.default_price);
    return change(world, 'product.updated', { ...withChanges(product, params), updated: world.now() });
  }),
  route('DELETE', '/v1/products/:id', {}, (world, { path }) => {
    const product = existing<Product>(world, 'product', path.id);
    if (world.store.all('price', { product: product.id }).length > 0) throw invalidRequest(HAS_PRICES);
    world.store.remove('product', product.id);
    world.emit('product.deleted', product);
    return { id: product.id, object: 'product', deleted: true as const };
  }),
  listRoute('/v1/products', 'product', { active: boolean(), ids: list(string()), shippable: boolean(), type: choice(['good', 'service']), url: string() }, (params) => {
    const { ids, ...filters } = params;
    const sent = Object.fromEntries(Object.entries(filters).filter(([, value]) => value != null));
    return ids ? { ...sent, id: ids } : sent;
  }),
];

const HAS_PRICES = 'This product cannot be deleted because it has one or more user-created prices.';

function withChanges(product: Product, sent: Settable): Product {
  const { active, images, marketing_features, metadata: tags, name, ...plain } = sent;
  return {
    ...product,
    ...plain,
    active: active ?? product.active,
    name: name ?? product.name,
    images: images === undefined ? product.images : (images ?? []),
    marketing_features: marketing_features === undefined ? product.marketing_features : (marketing_features ?? []),
    metadata: mergeMetadata(product.metadata, tags),
  };
}

function checkDefaultPrice(world: World, product: Product, id: string): void {
  const price = existing<Price>(world, 'price', id, 'default_price');
  if (price.product !== product.id) throw invalidRequest(`The price ${id} does not belong to the product ${product.id}.`, 'default_price');
  if (!price.active) throw invalidRequest('The default price of a product must be active.', 'default_price');
}
