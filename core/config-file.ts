/** devchat.config.json in the working folder: what it holds, and where in it each key stands. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Jsonc from 'jsonc-parser';
import { BadInput, DevchatError, type Problem } from './errors.ts';
import { isRecord } from './is-record.ts';

const CONFIG_FILE = 'devchat.config.json';

/** What the file may hold besides settings: what `provision` makes, which nobody else reads, and the schema for editors. */
export const DECLARATIONS = ['$schema', 'portal', 'product', 'webhook'] as const;

export type KeyPath = ReadonlyArray<string | number>;

/** Something wrong in the file: at which key, what ("is empty"), and what mends it. */
export interface Finding {
  path: KeyPath;
  what: string;
  fix?: string | undefined;
}

export interface ConfigFile {
  /** Nothing where there is no file. */
  values: Readonly<Record<string, unknown>>;
  /** A finding in words, with file, line and key. */
  problem(finding: Finding): Problem;
  /** Keys that stand in one object more than once: JSON itself takes the last and says nothing. */
  repeated(): Finding[];
}

/** Reads the file. Throws `usage` where it cannot be read, is not JSON or not an object; what it holds is never quoted, since it may be a key. */
export function readConfigFile(folder: string): ConfigFile {
  const text = textOf(join(folder, CONFIG_FILE));
  const values = parsed(text);
  if (!isRecord(values)) throw new BadInput('usage', [{ message: `${CONFIG_FILE}:1 is not an object`, hint: 'begin it with { and end it with }', line: 1 }]);
  return { values, problem: (finding) => problemIn(text, finding), repeated: () => repeatedIn(tree(text), []) };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{}';
    throw new DevchatError('usage', `cannot read ${path}: ${(error as Error).message}`, 'make it readable, or move it away', error);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { offset, what } = syntaxError(text);
    const { line, column } = placeOf(offset, text);
    throw new BadInput('usage', [{ message: `${CONFIG_FILE}:${line}:${column} is not JSON: ${what}`, hint: 'mend the file', line }]);
  }
}

const SYNTAX_ERRORS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'what stands there is neither a text in quotes nor a value',
  InvalidNumberFormat: 'the number is malformed',
  PropertyNameExpected: 'a key in quotes is missing',
  ValueExpected: 'a value is missing',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing',
  CloseBraceExpected: 'a closing brace is missing',
  CloseBracketExpected: 'a closing bracket is missing',
  EndOfFileExpected: 'the object has ended before that',
  InvalidCommentToken: 'JSON takes no comments',
  UnexpectedEndOfComment: 'JSON takes no comments',
  UnexpectedEndOfString: 'a text lacks its closing quote',
  InvalidUnicode: 'the escape is malformed',
  InvalidEscapeCharacter: 'the escape is unknown',
  InvalidCharacter: 'a control character stands in a text',
};

function syntaxError(text: string): { offset: number; what: string } {
  const errors: Jsonc.ParseError[] = [];
  tree(text, errors);
  const [first] = errors;
  if (!first) return { offset: text.length, what: 'it is malformed' };
  return { offset: first.offset, what: SYNTAX_ERRORS[parser().printParseErrorCode(first.error)] ?? 'it is malformed' };
}

function problemIn(text: string, { path, what, fix }: Finding): Problem {
  const { line } = placeOf(offsetOf(path, text), text);
  return { message: `${CONFIG_FILE}:${line} ${keyName(path)} ${what}`, hint: fix, line };
}

/** Of what is missing: where the nearest object or list stands that should hold it. */
function offsetOf(path: KeyPath, text: string): number {
  const root = tree(text);
  const nodes = path.map((_, index) => root && parser().findNodeAtLocation(root, [...path.slice(0, path.length - index)]));
  const node = nodes.find((each) => each !== undefined) ?? root;
  return (node?.parent?.type === 'property' ? node.parent : node)?.offset ?? 0;
}

/** `portal.features`, `prices[1].nickname`, `metadata["a.b"]`; a key that looks like a secret is cut short. */
function keyName(path: KeyPath): string {
  return path.map((step, index) => (isPlain(step) ? `${index > 0 ? '.' : ''}${String(step).replace(/^(sk|rk|whsec)_.*/, '$1_…')}` : `[${JSON.stringify(step)}]`)).join('');
}

function isPlain(step: string | number): boolean {
  return typeof step === 'string' && /^[\w$-]+$/.test(step);
}

function repeatedIn(node: Jsonc.Node | undefined, path: KeyPath): Finding[] {
  const entries = (node?.children ?? []).map((child, index) => (node?.type === 'object' ? { step: String(child.children?.[0]?.value), value: child.children?.[1] } : { step: index, value: child }));
  const steps = entries.map(({ step }) => step);
  const twice = new Set(steps.filter((step, index) => steps.indexOf(step) < index));
  const here = [...twice].map((step): Finding => ({ path: [...path, step], what: 'stands there more than once', fix: 'leave one in' }));
  return [...here, ...entries.flatMap(({ step, value }) => repeatedIn(value, [...path, step]))];
}

/** Lines and columns count from 1. */
function placeOf(offset: number, text: string): { line: number; column: number } {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

function tree(text: string, errors: Jsonc.ParseError[] = []): Jsonc.Node | undefined {
  return parser().parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
}

/** Loaded only where something is wrong: every start would wait for it. */
function parser(): typeof Jsonc {
  return createRequire(import.meta.url)('jsonc-parser') as typeof Jsonc;
}
