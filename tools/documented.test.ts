import { relative } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { checker, type Entry, entries, exportsOf } from './public-api.ts';

// Whatever users can name says what it is; a function also says what it takes and what it returns.

type Declared = ts.Declaration & { readonly initializer?: ts.Expression };

/** The function that a declaration declares: `function f() {}` or `const f = () => {}`. */
function functionOf(declaration: Declared): ts.SignatureDeclaration | null {
  if (ts.isFunctionDeclaration(declaration)) return declaration;
  const { initializer } = declaration;
  return initializer && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)) ? initializer : null;
}

/** The parameters without a `@param`. */
function undocumentedParameters({ parameters }: ts.SignatureDeclaration): string[] {
  const missing = parameters.filter((parameter) => ts.getJSDocParameterTags(parameter).length === 0);
  return missing.filter(({ name }) => name.getText() !== 'this').map(({ name }) => `@param ${name.getText()}`);
}

/** Whether a caller gets something. */
function returnsSomething(declaration: ts.SignatureDeclaration): boolean {
  const signature = checker.getSignatureFromDeclaration(declaration);
  const returned = signature && checker.getReturnTypeOfSignature(signature);
  const awaited = returned && (checker.getAwaitedType(returned) ?? returned);
  return awaited !== undefined && !(awaited.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined | ts.TypeFlags.Never));
}

/** What the doc comment of a function lacks. */
function missingOf(declaration: ts.SignatureDeclaration): string[] {
  const isReturnMissing = returnsSomething(declaration) && !ts.getJSDocReturnTag(declaration);
  return [...undocumentedParameters(declaration), ...(isReturnMissing ? ['@returns'] : [])];
}

/** The declarations that have to say what they take: of an overloaded function the first, which stands for the others. */
function seenBy(symbol: ts.Symbol, { folder }: Entry): ts.Declaration[] {
  const own = (symbol.declarations ?? []).filter((one) => one.getSourceFile().fileName.startsWith(`${folder}/src/`));
  const overloads = own.filter((one) => ts.isFunctionDeclaration(one) && !one.body);
  return overloads.length > 0 ? overloads.slice(0, 1) : own;
}

/** All that the doc comments of an entry lack. */
function lackingOf(entry: Entry): string[] {
  return exportsOf(entry).flatMap(([name, symbol]) => {
    const declarations = seenBy(symbol, entry);
    const [first] = declarations;
    if (!first) return [];
    const isUndocumented = symbol.getDocumentationComment(checker).length === 0;
    const missing = declarations.map(functionOf).flatMap((one) => (one ? missingOf(one) : []));
    const lacks = [...(isUndocumented ? ['a doc comment'] : []), ...new Set(missing)];
    return lacks.map((what) => `${relative(entry.folder, first.getSourceFile().fileName)}, ${name}: ${what}`);
  });
}

it.each(entries)('what $name exports is documented', (entry) => {
  expect(lackingOf(entry)).toEqual([]);
});
