/** A plan as lines for people: which object, which setting, what Stripe has and what is wanted. Readable without colour, in 80 columns. */
import type { Action, Field, Plan } from '../provision/plan.ts';
import { kindName, type Json } from '../provision/resources/resource.ts';
import { isList, isUnset, satisfies } from '../provision/settings.ts';

/** How text is coloured; without colour each of these gives the text back. */
export interface Palette {
  added(text: string): string;
  removed(text: string): string;
  changed(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

type Tone = keyof Palette;

interface Piece {
  text: string;
  tone?: Tone;
}

export interface Layout {
  palette: Palette;
  /** Columns of the terminal. */
  width: number;
}

const SIGN: Readonly<Record<Action, { sign: string; tone: Tone }>> = {
  create: { sign: '+', tone: 'added' },
  update: { sign: '~', tone: 'changed' },
  replace: { sign: '±', tone: 'changed' },
  reactivate: { sign: '^', tone: 'added' },
  deactivate: { sign: '-', tone: 'removed' },
};

const INDENT = '  ';
const GAP = '  ';
const ARROW = ' → ';
const UNSET = '(none)';

/** An object with what is different of it: `title` is what it is, `note` stands behind that in brackets. */
export interface Block {
  action: Action;
  title: string;
  note: string;
  fields: readonly Field[];
}

/** The changes of a plan, one block an object and one line a setting; no lines where nothing changes. */
export function renderDiff(plan: Pick<Plan, 'changes'>, layout: Layout): string[] {
  return renderBlocks(plan.changes.map(({ action, kind, id, key, fields }) => ({ action, title: [kindName(kind), id].filter(Boolean).join(' '), note: key, fields })), layout);
}

/** The same of any objects. */
export function renderBlocks(blocks: readonly Block[], layout: Layout): string[] {
  return blocks.flatMap((block, index) => [...(index > 0 ? [''] : []), ...renderBlock(block, layout)]);
}

function renderBlock(block: Block, layout: Layout): string[] {
  const column = Math.max(...block.fields.map(({ path }) => path.length));
  return [...renderHeader(block, layout), ...block.fields.flatMap((field) => renderField(field, column, layout))];
}

function renderHeader({ action, title, note }: Block, { palette, width }: Layout): string[] {
  const { sign, tone } = SIGN[action];
  const name: Piece[] = [{ text: `${sign} `, tone }, { text: title, tone: 'bold' }];
  const tag: Piece = { text: `(${note})`, tone: 'dim' };
  const oneLine = [...name, { text: ' ' }, tag];
  const lines = widthOf(oneLine) <= width ? [oneLine] : [name, [{ text: INDENT }, tag]];
  return lines.map((line) => paint(line, palette));
}

/** The first layout that fits: values in their column, values right after the path, values below, each value shortened. */
function renderField(field: Field, column: number, layout: Layout): string[] {
  const { sign, tone } = signOf(field);
  const start = (path: string): Piece[] => [{ text: `${INDENT}${sign} `, tone }, { text: path }];
  const values = valuesOf(field);
  const oneLine = [[...start(field.path.padEnd(column)), { text: GAP }, ...values], [...start(field.path), { text: GAP }, ...values]];
  const fitting = oneLine.find((line) => widthOf(line) <= layout.width);
  if (fitting) return [paint(fitting, layout.palette)];
  return [start(field.path), ...below(field, values, layout.width)].map((line) => paint(line, layout.palette));
}

function signOf({ before, after }: Field): { sign: string; tone: Tone } {
  if (isUnset(before)) return SIGN.create;
  return isUnset(after) ? SIGN.deactivate : SIGN.update;
}

function valuesOf({ before, after }: Field): Piece[] {
  const added: Piece = { text: inWords(after), tone: 'added' };
  return isUnset(before) ? [added] : [{ text: inWords(before), tone: 'removed' }, { text: ARROW, tone: 'dim' }, added];
}

function below(field: Field, values: readonly Piece[], width: number): Piece[][] {
  const indent: Piece = { text: INDENT.repeat(3) };
  if (isList(field.before) || isList(field.after)) return byElement(field).map((piece) => shortened([indent, piece], width));
  const together = [indent, ...values];
  if (widthOf(together) <= width) return [together];
  return values.filter(({ text }) => text !== ARROW).map((value, index) => shortened([indent, { text: index > 0 ? ARROW.trimStart() : '', tone: 'dim' }, value], width));
}

function byElement({ before, after }: Field): Piece[] {
  const [old, wanted] = [elementsOf(before), elementsOf(after)];
  const removed = old.filter((element) => !wanted.some((other) => satisfies(element, other)));
  const rows = wanted.map((element): Piece => (old.some((other) => satisfies(other, element)) ? { text: `  ${inWords(element)}`, tone: 'dim' } : { text: `+ ${inWords(element)}`, tone: 'added' }));
  return [...rows, ...removed.map((element): Piece => ({ text: `- ${inWords(element)}`, tone: 'removed' }))];
}

function elementsOf(value: Json): readonly Json[] {
  if (isList(value)) return value;
  return isUnset(value) ? [] : [value];
}

/** Cuts the middle out of the last piece, where ids and addresses differ least. */
function shortened(line: readonly Piece[], width: number): Piece[] {
  const last = line.at(-1);
  const excess = widthOf(line) - width;
  if (!last || excess <= 0) return [...line];
  const kept = Math.max(last.text.length - excess - 1, 2);
  const text = `${last.text.slice(0, Math.ceil(kept / 2))}…${last.text.slice(-Math.floor(kept / 2))}`;
  return [...line.slice(0, -1), { ...last, text }];
}

function widthOf(line: readonly Piece[]): number {
  return line.reduce((width, { text }) => width + text.length, 0);
}

function paint(line: readonly Piece[], palette: Palette): string {
  return line.map(({ text, tone }) => (tone ? palette[tone](text) : text)).join('');
}

/** Plain words stay plain; what holds spaces, quotes or control characters is quoted, so that nothing of it is taken for ours. */
function inWords(value: Json): string {
  if (isUnset(value)) return UNSET;
  if (isList(value)) return `[${value.map(inWords).join(', ')}]`;
  if (typeof value === 'string' && isPlain(value)) return value;
  return JSON.stringify(value).replaceAll(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function isPlain(text: string): boolean {
  return /^[\w/:.*@+-]+$/.test(text) && !/^(true|false|null|-?\d+(\.\d+)?)$/.test(text);
}
