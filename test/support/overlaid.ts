/** A cache of which some methods are others: for the control group, in which a story must fail. */
import type { Cache } from '../../core/cache/cache.ts';

/** `wrong` makes the methods that are others, given the cache as it is. */
export function overlaid(cache: Cache, wrong: (cache: Cache) => Partial<Cache>): Cache {
  const others: Partial<Cache> = wrong(cache);
  return new Proxy(cache, {
    get(target, name: keyof Cache) {
      return others[name] ?? (target[name] as (...given: unknown[]) => unknown).bind(target);
    },
  });
}
