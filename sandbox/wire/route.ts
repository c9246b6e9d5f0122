/** How a file of the API declares its routes. */
import type { ListQuery, StripeObject, Where, World } from '../world.ts';
import { invalidRequest } from './errors.ts';
import { existing } from './existing.ts';
import type { RawHash } from './form.ts';
import { refuseNotTaken } from './not-taken.ts';
import { either, hash, integer, parseParams, string, timestamp, type Params, type Spec } from './params.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

/** A page of objects, newest first. */
export interface ListAnswer {
  object: 'list';
  url: string;
  has_more: boolean;
  data: StripeObject[];
}

/** `'/v1/customers/:id/sources/:source'` names `id` and `source`. */
type PathNames<P extends string> = P extends `${string}:${infer N}/${infer Rest}`
  ? N | PathNames<`/${Rest}`>
  : P extends `${string}:${infer N}`
    ? N
    : never;

/** One call: its ids from the path (`call.path.id`) and its typed parameters. */
export interface Call<P extends string, S extends Spec> {
  path: Record<PathNames<P>, string>;
  params: Params<S>;
}

export interface RawCall {
  path: Record<string, string>;
  params: RawHash;
}

export interface Route {
  method: Method;
  path: string;
  /** What it takes; `expand` besides. */
  spec: Spec;
  /** Reads the parameters (throws StripeError when they are wrong) and gives the work still to do. */
  prepare(raw: RawCall): (world: World) => object;
}

/**
 * Declares one route. The handler runs inside one transaction of the store; throw a StripeError to refuse (its writes are
 * undone unless the error `keepsWrites`). `expand` is accepted by every route and done after the handler.
 */
export function route<P extends string, const S extends Spec>(
  method: Method,
  path: P,
  spec: S,
  handler: (world: World, call: Call<P, S>) => object,
): Route {
  return {
    method,
    path,
    spec,
    prepare(raw) {
      refuseNotTaken({ method, path, spec }, raw.params);
      const call = { path: raw.path as Call<P, S>['path'], params: parseParams(spec, raw.params) };
      return (world) => handler(world, call);
    },
  };
}

const LIST_LIMIT_DEFAULT = 10;

const pageSpec = {
  limit: integer({ min: 1, max: 100 }),
  starting_after: string(),
  ending_before: string(),
  created: either(
    timestamp(),
    hash({ gt: timestamp(), gte: timestamp(), lt: timestamp(), lte: timestamp() }),
  ),
};
type PageParams = Params<typeof pageSpec>;

/** The lists that Stripe does not filter by `created`. */
const NOT_BY_CREATED: ReadonlySet<string> = new Set([
  '/v1/billing_portal/configurations',
  '/v1/customers/:customer/payment_methods',
  '/v1/payment_methods',
  '/v1/test_helpers/test_clocks',
  '/v1/webhook_endpoints',
]);

/**
 * Declares the list of one kind: cursors, `limit`, `created` and the given filters. A filter means equality on the field of
 * its name, unless `toWhere` says something else; nothing older than `since` is listed.
 */
export function listRoute<P extends string, const S extends Spec>(
  path: P,
  kind: string,
  filters: S,
  toWhere: (params: Params<S>, call: Call<P, S>, world: World) => Where = equality,
  since?: (world: World) => number,
): Route {
  const { created, ...cursors } = pageSpec;
  const pages = NOT_BY_CREATED.has(path) ? cursors : { ...cursors, created };
  const spec = { ...pages, ...filters };
  return {
    method: 'GET',
    path,
    spec,
    prepare(raw) {
      refuseNotTaken({ method: 'GET', path, spec }, raw.params);
      const { page, rest } = splitPage(raw.params, pages);
      const pageParams: PageParams = parseParams(pages, page);
      const call = { path: raw.path as Call<P, S>['path'], params: parseParams(filters, rest) };
      return (world) => {
        const range = { oldest: since?.(world), where: toWhere(call.params, call, world) };
        return listPage(world, kind, pathOf(path, raw.path), pageParams, range);
      };
    },
  };
}

function splitPage(params: RawHash, pages: object): { page: RawHash; rest: RawHash } {
  const isPage = ([name]: [string, unknown]): boolean => Object.hasOwn(pages, name);
  const entries = Object.entries(params);
  return {
    page: Object.fromEntries(entries.filter(isPage)),
    rest: Object.fromEntries(entries.filter((entry) => !isPage(entry))),
  };
}

function equality(params: object): Where {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined && value !== null));
}

function pathOf(path: string, ids: Record<string, string>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? '');
}

interface Range {
  where: Where;
  oldest?: number | undefined;
}

/** One page of a kind, by Stripe's page parameters. */
function listPage(world: World, kind: string, url: string, page: PageParams, { where, oldest }: Range): ListAnswer {
  if (page.starting_after && page.ending_before) {
    throw invalidRequest('You may only specify one of these parameters: ending_before, starting_after.', 'ending_before');
  }
  for (const cursor of ['starting_after', 'ending_before'] as const) {
    if (page[cursor]) existing(world, kind, page[cursor], cursor);
  }
  const created = typeof page.created === 'number' ? { gte: page.created, lte: page.created } : withoutNulls(page.created ?? {});
  const { data, hasMore } = world.store.list(kind, {
    where,
    limit: page.limit ?? LIST_LIMIT_DEFAULT,
    created: oldest === undefined ? created : { ...created, gte: Math.max(created.gte ?? 0, oldest) },
    ...(page.starting_after ? { startingAfter: page.starting_after } : {}),
    ...(page.ending_before ? { endingBefore: page.ending_before } : {}),
  });
  return { object: 'list', url, has_more: hasMore, data };
}

function withoutNulls(range: Record<string, number | null | undefined>): ListQuery['created'] & object {
  return Object.fromEntries(Object.entries(range).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}
