import { describe, expect, it } from 'vitest';
import { median, pairedRatio, percentile } from '../../bench/table.ts';

describe('what a benchmark says of many numbers', () => {
  it('names the middle, of an even count the mean of the two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 6])).toBe(5.5);
  });

  it('names the least number that so many do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile([7], 0.99)).toBe(7);
  });

  it('divides what was measured in one round, before it takes the middle', () => {
    expect(pairedRatio([10, 40, 90], [10, 20, 30])).toEqual({ median: 2, least: 1, greatest: 3 });
  });
});
