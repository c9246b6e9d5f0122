/** Prices that do not go together, and what the daemon needs of them. */
import type { Finding } from '../../../core/config-file.ts';
import type { Json, Settings } from '../resources/resource.ts';
import { at, listAt, repeatedAt, tooLong, when, type Check } from './check.ts';
import { checkMetadata } from './metadata-checks.ts';

export const PRODUCT_CHECKS: readonly Check[] = [eachIntervalOnce, hasMonthly, noneTooLong, metadataFits];

const MONTHLY = '1 month';

function eachIntervalOnce(merged: Settings): Finding[] {
  return repeatedAt(listAt(merged, 'prices'), intervalOf).map(({ index, first }) => ({
    path: ['prices', index, 'recurring'],
    what: `is the same interval as in prices[${first}]`,
    fix: 'give it another interval, or leave one of the two out',
  }));
}

function hasMonthly(merged: Settings): Finding[] {
  const intervals = listAt(merged, 'prices').map(intervalOf);
  const isKnown = intervals.every((interval) => interval !== undefined);
  return when(isKnown && !intervals.includes(MONTHLY), {
    path: ['prices'],
    what: 'holds no monthly price, which is the one that the daemon sells',
    fix: 'add one, such as {"currency": "usd", "unit_amount": 6000, "recurring": {"interval": "month"}}',
  });
}

function noneTooLong(merged: Settings): Finding[] {
  return listAt(merged, 'prices').flatMap((price, index) => tooLong(at(price, 'recurring'), ['prices', index, 'recurring']));
}

function metadataFits(merged: Settings): Finding[] {
  const ofPrices = listAt(merged, 'prices').flatMap((price, index) => checkMetadata(at(price, 'metadata'), ['prices', index, 'metadata']));
  return [...checkMetadata(merged.metadata, ['metadata']), ...ofPrices];
}

function intervalOf(price: Json): string | undefined {
  const [interval, count = 1] = [at(price, 'recurring.interval'), at(price, 'recurring.interval_count')];
  return typeof interval === 'string' && typeof count === 'number' ? `${count} ${interval}` : undefined;
}
