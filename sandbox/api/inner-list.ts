/** Lists that live inside of another object, page by page. */
import { resourceMissing } from '../wire/errors.ts';
import { integer, string, type Params } from '../wire/params.ts';
import type { ListAnswer } from '../wire/route.ts';
import type { StripeObject } from '../world.ts';

export const innerPageSpec = { ending_before: string(), limit: integer({ min: 1, max: 100 }), starting_after: string() };

const LIMIT_DEFAULT = 10;

/** One page of `items`, in their own order. Throws StripeError (400) for a cursor that is none of them. */
export function innerPage(items: readonly StripeObject[], url: string, page: Params<typeof innerPageSpec>): ListAnswer {
  const limit = page.limit ?? LIMIT_DEFAULT;
  const after = page.starting_after ? positionOf(items, page.starting_after, 'starting_after') + 1 : 0;
  const before = page.ending_before ? positionOf(items, page.ending_before, 'ending_before') : items.length;
  const reachable = items.slice(after, before);
  const data = page.ending_before ? reachable.slice(-limit) : reachable.slice(0, limit);
  return { object: 'list', url, has_more: data.length < reachable.length, data };
}

function positionOf(items: readonly StripeObject[], id: string, param: string): number {
  const position = items.findIndex((item) => item.id === id);
  if (position === -1) throw resourceMissing(items[0]?.object ?? 'object', id, param);
  return position;
}
