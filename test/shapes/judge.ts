/** The judge of shapes: values are written as TypeScript that says what they must satisfy, and the compiler finds what does not. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../support/folders.ts';
import type { Recording } from './recordings.ts';

/** Something about a value that is not as the SDK's type says. */
export interface Fault {
  recording: Recording;
  /** Where in the value: `.items.data[0].price`; empty for the value itself. */
  path: string;
  says: string;
}

/** The first fault of each wrong value, as the compiler sees it; the source stays at `test/results/shapes/<name>.ts`. */
export function judge(recordings: readonly Recording[], name: string): Fault[] {
  const path = join(ROOT, 'test/results/shapes', `${name}.ts`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, [HEAD, ...recordings.map(statementOf)].join('\n'));
  const program = ts.createProgram([path], compilerOptions());
  const source = program.getSourceFile(path)!;
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return found.map((diagnostic) => faultOf(diagnostic, source, recordings));
}

const HEAD = "import type { Answers, Event } from '../../shapes/stripe-types.ts';";
const HEAD_STATEMENTS = 1;

function statementOf({ kind, value }: Recording): string {
  return `(${JSON.stringify(value)}) satisfies ${typeOf(kind)};`;
}

function typeOf(kind: string): string {
  const [word, type] = kind.split(' ');
  return word === 'event' ? `Event<${JSON.stringify(type)}>` : `Answers[${JSON.stringify(kind)}]`;
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as { config: unknown };
  return { ...ts.parseJsonConfigFileContent(config, ts.sys, ROOT).options, noEmit: true, noErrorTruncation: false };
}

function faultOf({ start = 0, messageText }: ts.Diagnostic, source: ts.SourceFile, recordings: readonly Recording[]): Fault {
  const index = source.statements.findIndex((statement) => statement.end > start);
  const recording = recordings[index - HEAD_STATEMENTS];
  const says = deepest(messageText);
  if (recording === undefined) throw new Error(`the generated values cannot be compiled: ${says}`);
  return { recording, path: pathTo(source.statements[index]!, start), says };
}

/** The compiler goes from the whole to the part that does not fit; the part says most. */
function deepest(message: string | ts.DiagnosticMessageChain): string {
  if (typeof message === 'string') return message;
  return message.next?.[0] ? deepest(message.next[0]) : message.messageText;
}

function pathTo(node: ts.Node, position: number): string {
  const child = ts.forEachChild(node, (one) => (one.pos <= position && position < one.end ? one : undefined));
  return child === undefined ? '' : stepInto(node, child) + pathTo(child, position);
}

function stepInto(node: ts.Node, child: ts.Node): string {
  if (ts.isArrayLiteralExpression(node)) return `[${node.elements.indexOf(child as ts.Expression)}]`;
  return ts.isPropertyAssignment(child) ? `.${(child.name as ts.StringLiteral).text}` : '';
}
