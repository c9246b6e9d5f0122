/** Fresh folders for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface FreshFolder {
  path: string;
  remove(): void;
}

/** An empty folder of the test's own; `remove()` deletes it and everything in it. */
export function freshFolder(): FreshFolder {
  const path = mkdtempSync(join(tmpdir(), 'devchat-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes files (path inside `folder` -> text), making the folders on the way. */
export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
