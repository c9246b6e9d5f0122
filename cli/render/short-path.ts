/** Paths as people read them. */
import { homedir } from 'node:os';

/** A path for people: the home folder is written as `~`. */
export function shortPath(path: string): string {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
