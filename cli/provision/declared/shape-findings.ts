/** What has the wrong shape, in words: unknown keys, wrong types, words that are none of the choices. */
import { z } from 'zod';
import type { Finding, KeyPath } from '../../../core/config-file.ts';
import { nearest } from '../../../core/nearest.ts';
import type { Json, Settings } from '../resources/resource.ts';
import { fixFor } from './kinds.ts';
import { declarations } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** More than these are not listed: the schema lists them. */
const MOST_LISTED = 12;
const SCHEMA_PAGE = 'docs/devchat.config.schema.json lists them';

const TOO_MUCH: Readonly<Record<string, string>> = { string: 'shorten it', array: 'take some out' };

/** One finding an issue, and one for each unknown key. */
export function shapeFindings(issues: readonly Issue[], given: Settings): Finding[] {
  return issues.flatMap((issue) => {
    const path = issue.path as KeyPath;
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key], what: 'is unknown', fix: meant(key, keysAt(path)) }));
    if (issue.code === 'invalid_value' && issue.values.length > 1) return { path, what: issue.message, fix: meant(valueAt(given, path), issue.values as string[]) };
    return { path, what: issue.message, fix: fixFor(issue.message) ?? TOO_MUCH[issue.code === 'too_big' ? issue.origin : ''] ?? 'mend it there' };
  });
}

/** What somebody may have meant; the value itself is not quoted, it may be a key. */
function meant(given: Json, known: readonly string[]): string {
  const near = typeof given === 'string' ? nearest(given, known) : undefined;
  if (near) return `did you mean ${near}?`;
  return known.length > MOST_LISTED ? SCHEMA_PAGE : `it may be ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(known)}`;
}

function valueAt(value: unknown, path: KeyPath): Json {
  return path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], value) as Json;
}

function keysAt(path: KeyPath): string[] {
  const found = path.reduce<z.core.$ZodType>((schema, step) => {
    const inner = bare(schema);
    return inner instanceof z.ZodArray ? inner.element : ((inner as z.ZodObject).shape[step] as z.core.$ZodType);
  }, declarations);
  return Object.keys((bare(found) as z.ZodObject).shape);
}

/** A schema without its `optional` and `nullable`. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? bare(schema.unwrap()) : schema;
}
