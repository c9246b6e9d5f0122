import { describe, expect, test } from 'vitest';
import { ManyRows, table, tableInRoom, tableLines } from '../../../../cli/render/table.ts';

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

  test('without its last column, where that is what it takes, and it can be spared', () => {
    const spared = (room: number) => [...tableLines(HEAD, ROWS, { room, first: 1, canSpareLast: true })];
    expect(spared(80)).toEqual(table(HEAD, ROWS));
    expect(spared(30)).toEqual(table(HEAD.slice(0, 2), ROWS.map((row) => row.slice(0, 2))));
    expect(spared(23).slice(0, 3)).toEqual(['NAME', '    VALUE', 'dunning_end']);
  });

  test('the same of very many rows', () => {
    const many = new ManyRows();
    for (const row of [...ROWS, ['', 'empty', '']]) many.add(row);
    expect(many.count).toBe(3);
    expect(table(HEAD, many)).toEqual(table(HEAD, [...ROWS, ['', 'empty', '']]));
  });
});
