import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

// No promise is dropped: one that rejects, and that nobody looks at, ends the process. `void` catches nothing.

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = process.argv.length > 2 ? process.argv.slice(2) : globSync(`${root}/packages/*/src/**/*.ts`);
const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
const sources = files.filter((file) => !/\.test\.ts$/.test(file));
const program = ts.createProgram(sources, options);
const checker = program.getTypeChecker();

for (const file of sources) {
  const source = program.getSourceFile(file);
  if (!source) throw new Error(`${file} cannot be read`);
  look(source);
}

/** Looks at a node and all that is in it. */
function look(node: ts.Node): void {
  const dropped = droppedBy(node);
  if (dropped) report(dropped, 'a promise is dropped: await it, return it, or catch what it rejects with');
  if (isCalledForNothing(node))
    report(node, 'it returns a promise where nobody looks at one: catch what it rejects with');
  ts.forEachChild(node, look);
}

/** The promise that a statement, or a `void`, drops. */
function droppedBy(node: ts.Node): ts.Expression | undefined {
  if (!ts.isExpressionStatement(node) && !ts.isVoidExpression(node)) return undefined;
  return resultsOf(node.expression).find((result) => isPromise(typeOf(result)) && !isHandled(result));
}

/** What an expression may come to, without the operators around it. */
function resultsOf(node: ts.Expression): ts.Expression[] {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node)) {
    return resultsOf(node.expression);
  }
  if (ts.isConditionalExpression(node)) return [...resultsOf(node.whenTrue), ...resultsOf(node.whenFalse)];
  // An assignment keeps it; of `a && b`, `a || b`, `a ?? b` and `a, b` either may be a promise that nobody has.
  if (!ts.isBinaryExpression(node)) return [node];
  const { kind } = node.operatorToken;
  const isAssignment = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
  return isAssignment ? [] : [...resultsOf(node.left), ...resultsOf(node.right)];
}

/** Whether a promise is one whose rejection was caught: by `catch`, or by the second argument of `then`. */
function isHandled(node: ts.Expression): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const { name, expression } = node.expression;
  if (name.text === 'catch') return node.arguments.length > 0;
  if (name.text === 'then') return node.arguments.length > 1;
  return name.text === 'finally' && isHandled(expression);
}

/** Whether a function is called for its effect alone, and gives its promise to nobody. */
function isCalledForNothing(node: ts.Node): boolean {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node) && !isArgument(node)) return false;
  const wanted = checker.getContextualType(node);
  return wanted !== undefined && returnsNothing(wanted) && returnsPromise(node);
}

function isArgument(node: ts.Node): node is ts.Expression {
  const { parent } = node;
  if (!parent || !(ts.isCallExpression(parent) || ts.isNewExpression(parent))) return false;
  return parent.arguments?.some((argument) => argument === node) ?? false;
}

function returnsNothing(type: ts.Type): boolean {
  const signatures = checker.getNonNullableType(type).getCallSignatures();
  return signatures.length > 0 && signatures.every((one) => (one.getReturnType().flags & ts.TypeFlags.Void) !== 0);
}

function returnsPromise(node: ts.Expression): boolean {
  return typeOf(node)
    .getCallSignatures()
    .some((signature) => isPromise(signature.getReturnType()));
}

function typeOf(node: ts.Expression): ts.Type {
  return checker.getTypeAtLocation(node);
}

/** Whether a value is a promise, or a list of them. */
function isPromise(type: ts.Type): boolean {
  return isOnePromise(type) || isOnePromise(checker.getIndexTypeOfType(type, ts.IndexKind.Number));
}

// With `catch`: the reply of Fastify has a `then` alone, and its methods return it.
function isOnePromise(type: ts.Type | undefined): boolean {
  if (!type) return false;
  const parts = type.isUnion() ? type.types : [type];
  return parts.some((part) => ['then', 'catch'].every((name) => checker.getPropertyOfType(part, name)));
}

function report(node: ts.Node, why: string): void {
  const source = node.getSourceFile();
  const { line, character } = source.getLineAndCharacterOfPosition(node.getStart());
  console.error(`${relative(root, source.fileName)}:${line + 1}:${character + 1} ${why}`);
  process.exitCode = 1;
}
