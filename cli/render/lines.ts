/** Text laid out in lines that a terminal has room for. */
import { stripVTControlCharacters } from 'node:util';

const GAP = '  ';
const NARROWEST = 20;
const LINES_IN_PIECE = 500;

/** Names with values, one a line; a value that is longer than `room` goes on below itself. */
export function pairs(rows: ReadonlyArray<readonly [name: string, value: string]>, room = Infinity): string[] {
  const column = Math.max(...rows.map(([name]) => widthOf(name)));
  return rows.flatMap(([name, value]) => hanging(`${name}${' '.repeat(column - widthOf(name))}${GAP}`, [value], room));
}

/** Sentences below each other, after a label such as "error " and to the right of it. */
export function hanging(label: string, sentences: readonly string[], room = Infinity): string[] {
  const indent = widthOf(label);
  const lines = sentences.flatMap((sentence) => wrapped(sentence, Math.max(room - indent, NARROWEST)));
  return lines.map((line, index) => `${index === 0 ? label : ' '.repeat(indent)}${line}`);
}

/** Broken between words; a word that is longer than the room stays whole, so that it can be copied. */
function wrapped(sentence: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && widthOf(longer) <= room) lines.splice(-1, 1, longer);
    else lines.push(word);
  }
  return lines;
}

/** Columns that a line takes; colour takes none. */
export function widthOf(line: string): number {
  return stripVTControlCharacters(line).length;
}

/** Lines as text, in pieces of many. */
export function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece: string[] = [];
  for (const line of lines) {
    if (piece.push(line) < LINES_IN_PIECE) continue;
    yield `${piece.join('\n')}\n`;
    piece = [];
  }
  if (piece.length > 0) yield `${piece.join('\n')}\n`;
}
