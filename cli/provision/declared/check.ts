/** The words in which contradictions are found: settings with what the brief says in place of all that is not declared. */
import type { Finding, KeyPath } from '../../../core/config-file.ts';
import type { Interval } from '../../../core/provisioned.ts';
import type { Json, Settings } from '../resources/resource.ts';
import { isList, isSettings, valueAt } from '../settings.ts';

/** What contradicts in one section of the file; paths begin inside it. `merged` may hold anything at all: what has the wrong shape is told elsewhere. */
export type Check = (merged: Settings, declared: Settings) => Finding[];

/** The value at a dotted path. */
export function at(settings: Json, path: string): Json {
  return isSettings(settings) ? valueAt(settings, path.split('.')) : undefined;
}

/** The list at a dotted path; empty where there is none. */
export function listAt(settings: Json, path: string): readonly Json[] {
  const value = at(settings, path);
  return isList(value) ? value : [];
}

/** The finding, where something is so. */
export function when(isSo: boolean, finding: Finding): Finding[] {
  return isSo ? [finding] : [];
}

/** Every element that stands in a list before it, by what makes two of them alike; undefined is like nothing. */
export function repeatedAt(elements: readonly Json[], likeness: (element: Json) => Json): Array<{ index: number; first: number }> {
  const alike = elements.map(likeness);
  return alike.flatMap((each, index) => {
    const first = alike.indexOf(each);
    return each !== undefined && first < index ? [{ index, first }] : [];
  });
}

/** https://docs.stripe.com/api/prices/create#create_price-recurring-interval_count: three years. */
const LONGEST: Readonly<Record<Interval['interval'], number>> = { day: 1095, week: 156, month: 36, year: 3 };

/** An interval that is longer than Stripe takes. */
export function tooLong(interval: Json, path: KeyPath): Finding[] {
  const longest = LONGEST[at(interval, 'interval') as Interval['interval']] as number | undefined;
  const count = at(interval, 'interval_count');
  const isTooLong = longest !== undefined && typeof count === 'number' && count > longest;
  return when(isTooLong, { path: [...path, 'interval_count'], what: 'is longer than three years', fix: `set it to ${longest} at most` });
}
