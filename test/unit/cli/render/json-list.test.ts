import { expect, test } from 'vitest';
import { jsonList } from '../../../../cli/render/json-list.ts';

async function* each(pages: object[][]): AsyncGenerator<object[]> {
  for (const page of pages) yield await Promise.resolve(page);
}

test.each([[[]], [[[]]], [[[{ id: 1 }]]], [[[{ id: 1 }, { id: 2 }], [], [{ id: '3' }]]], [[[], [{ id: 1 }]]]])('%j is one line, as if it had been written at once', async (pages) => {
  const pieces: string[] = [];
  for await (const piece of jsonList('things', each(pages))) pieces.push(piece);
  expect(pieces.join('')).toBe(`${JSON.stringify({ schemaVersion: 1, things: pages.flat() })}\n`);
});
