import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shortPath } from '../../../../cli/render/short-path.ts';

test('a path under the home folder is shown short', () => {
  expect(shortPath(join(homedir(), 'a', 'b'))).toBe('~/a/b');
  expect(shortPath('/elsewhere')).toBe('/elsewhere');
  expect(shortPath(`${homedir()}-too/a`)).toBe(`${homedir()}-too/a`);
});
