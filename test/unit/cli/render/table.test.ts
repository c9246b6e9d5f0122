import { describe, expect, test } from 'vitest';
import { tableInRoom } from '../../../../cli/render/table.ts';

const HEAD = ['NAME', 'VALUE', 'TAKES'];
const ROWS = [['dunning_end', 'cancel', 'cancel, unpaid, leave'], ['portal_link_life', '300', 'a whole number of seconds']];

describe('a table', () => {
  test('whole, where there is room', () => {
    expect(tableInRoom(HEAD, ROWS, { first: 2, room: 80 })).toEqual([
      'NAME              VALUE   TAKES',
      'dunning_end       cancel  cancel, unpaid, leave',
      'portal_link_life  300     a whole number of seconds',
    ]);
  });

  test('with its last column below the others, where there is none', () => {
    expect(tableInRoom(HEAD, ROWS, { first: 2, room: 30 })).toEqual([
      'NAME              VALUE',
      '    TAKES',
      'dunning_end       cancel',
      '    cancel, unpaid, leave',
      'portal_link_life  300',
      '    a whole number of seconds',
    ]);
  });

  test('with as many below as it takes', () => {
    expect(tableInRoom(HEAD, ROWS, { first: 2, room: 24 })[0]).toBe('NAME              VALUE');
    expect(tableInRoom(HEAD, ROWS, { first: 2, room: 23 }).slice(0, 3)).toEqual(['NAME', '    VALUE  TAKES', 'dunning_end']);
  });

  test('with nothing below a row that has nothing there', () => {
    expect(tableInRoom(HEAD, [['dunning_end', 'cancel', ''], ['portal_link_life', '300', 'a whole number of seconds']], { first: 2, room: 30 })).toEqual([
      'NAME              VALUE',
      '    TAKES',
      'dunning_end       cancel',
      'portal_link_life  300',
      '    a whole number of seconds',
    ]);
  });
});
