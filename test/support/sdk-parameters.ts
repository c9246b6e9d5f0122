/** The parameters of every call of the real SDK, read from its own types: what a route could take. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './folders.ts';

const RESOURCES = join(ROOT, 'node_modules/stripe/cjs/resources');
const DEEPEST = 6;

interface Call {
  route: string;
  file: string;
  resource: string;
  method: string;
}

/** By route (`POST /v1/customers/:`) the names of its parameters, `items[price]` for what lies deeper; `expand` is left out. */
export function sdkParameters(isWanted: (route: string) => boolean): Map<string, Set<string>> {
  const calls = callsOf(RESOURCES).filter(({ route }) => isWanted(route));
  const files = [...new Set(calls.map(({ file }) => file))];
  const program = ts.createProgram(files, { strict: true, skipLibCheck: true, noLib: false, types: [] });
  const checker = program.getTypeChecker();
  return new Map(calls.map((call) => [call.route, namesOfCall(program, checker, call)]));
}

const METHOD = /^ {4}(\w+)\([^)]*\) \{\n\s+return this\._makeRequest\('(\w+)', [`']([^`']+)[`']/gm;

function callsOf(folder: string): Call[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .flatMap((entry) => {
      const file = join(entry.parentPath, entry.name);
      const text = readFileSync(file, 'utf8');
      const resource = /class (\w+) extends/.exec(text)?.[1] ?? '';
      return [...text.matchAll(METHOD)].map(([, method = '', verb = '', path = '']) => {
        return { route: `${verb} ${path.replaceAll(/\$\{[^}]+\}/g, ':')}`, file: file.replace(/\.js$/, '.d.ts'), resource, method };
      });
    });
}

function namesOfCall(program: ts.Program, checker: ts.TypeChecker, { file, resource, method }: Call): Set<string> {
  const source = program.getSourceFile(file)!;
  const declared = source.statements.find((one): one is ts.ClassDeclaration => ts.isClassDeclaration(one) && one.name?.text === resource);
  const signatures = declared!.members.filter(
    (one): one is ts.MethodDeclaration => ts.isMethodDeclaration(one) && one.name.getText() === method,
  );
  const params = signatures.flatMap((one) => one.parameters.filter((parameter) => parameter.name.getText() === 'params'));
  const names = params.flatMap((one) => namesOf(checker, checker.getTypeAtLocation(one), ''));
  return new Set(names.filter((name) => name !== 'expand'));
}

function namesOf(checker: ts.TypeChecker, type: ts.Type, within: string, depth = 0): string[] {
  if (depth > DEEPEST) return [];
  return objectsOf(checker, type).flatMap((object) =>
    checker.getPropertiesOfType(object).flatMap((property) => {
      const name = within === '' ? property.name : `${within}[${property.name}]`;
      return [name, ...namesOf(checker, checker.getTypeOfSymbol(property), name, depth + 1)];
    }),
  );
}

/** The hashes that a parameter can be; a list counts as its items, free keys (metadata) as nothing. */
function objectsOf(checker: ts.TypeChecker, type: ts.Type): ts.Type[] {
  if (type.isUnion()) return type.types.flatMap((one) => objectsOf(checker, one));
  if (checker.isArrayType(type)) return checker.getTypeArguments(type as ts.TypeReference).flatMap((one) => objectsOf(checker, one));
  const isHash = (type.flags & ts.TypeFlags.Object) !== 0 && type.getStringIndexType() === undefined;
  return isHash && type.symbol.name !== 'Decimal' ? [type] : [];
}
