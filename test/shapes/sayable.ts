/** What the sandbox's code names: the types of events that it can emit and the words of objects that it can build. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/folders.ts';
import type { Recording } from './recordings.ts';

/** All of Stripe's event types: what an endpoint may ask for, not what the sandbox tells. */
const ALL_TYPES = 'event-types.ts';
const SDK_EVENTS = join(ROOT, 'node_modules/stripe/cjs/resources/Events.d.ts');

/** The event types and object words in the sandbox's code that no recording holds at any depth, as `event invoice.paid`. */
export function neverSaid(recordings: readonly Recording[]): string[] {
  const said = new Set(recordings.flatMap(({ kind, value }) => [kind, ...wordsIn(value)]));
  return sayable().filter((kind) => !said.has(kind));
}

function sayable(): string[] {
  const files = readdirSync(join(ROOT, 'sandbox'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && name !== ALL_TYPES);
  const code = files.map((name) => readFileSync(join(ROOT, 'sandbox', name), 'utf8')).join('\n');
  const events = new Set(matches(readFileSync(SDK_EVENTS, 'utf8'), /^ {4}type: '([\w.]+)';/gm));
  const named = matches(code, /'([a-z_]+(?:\.[a-z_]+)+)'/g).filter((text) => events.has(text));
  const words = matches(code, /object: '([a-z][\w.]*)'/g);
  return [...new Set([...words, ...named.map((type) => `event ${type}`)])].sort();
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}

/** Every `object` word in a value. */
function wordsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'object' in value && typeof value.object === 'string' ? [value.object] : [];
  return [...own, ...Object.values(value).flatMap(wordsIn)];
}
