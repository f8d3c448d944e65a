import { globSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { examplesOf, runExamples, writeExamples } from './examples.ts';

// The pages of docs/, which are those of the site: every example compiles, and those that print are run. What they import is
// installed there.

// Those of an earlier run.
for (const folder of ['docs', 'packages/nestjs'])
  rmSync(new URL(`../${folder}/.examples`, import.meta.url), { recursive: true, force: true });

const root = new URL('..', import.meta.url);
const docs = new URL('../docs/', import.meta.url);

const pages = globSync('docs/**/*.md', {
  cwd: fileURLToPath(root),
  exclude: (name) => name.includes('node_modules'),
}).map((file) => {
  const path = file.replaceAll('\\', '/');
  const examples = examplesOf(readFileSync(new URL(path, root), 'utf8'));
  return { path, written: writeExamples(examples, docs, path.slice('docs/'.length, -'.md'.length)) };
});
const withExamples = pages.filter(({ written }) => written.length > 0).sort((a, b) => (a.path < b.path ? -1 : 1));

const printing = withExamples.flatMap(({ path, written }) =>
  written.filter(({ promised }) => promised.length > 0).map((example) => ({ path, ...example })),
);
const printed = await runExamples(printing, docs);

it('the examples compile', () => {
  const { config } = ts.readConfigFile(fileURLToPath(new URL('tsconfig.json', root)), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, fileURLToPath(root));
  const files = withExamples.flatMap(({ written }) => written.map(({ file }) => file));
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(files, options));
  const messages = diagnostics.map(({ file, start = 0, messageText }) => {
    const { line = 0 } = file?.getLineAndCharacterOfPosition(start) ?? {};
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    return `${file?.fileName.slice(fileURLToPath(docs).length)}:${line + 1}: ${text}`;
  });
  expect(messages).toEqual([]);
}, 120_000);

it.each(printing)('$path, line $line: prints what it says', ({ file, promised }) => {
  expect(printed.get(file)).toEqual(promised);
});

// Tests as examples are tests here as well.
for (const { path, written } of withExamples) {
  const tests = written.filter(({ code }) => code.includes("from 'vitest'"));
  describe.runIf(tests.length > 0)(path, async () => {
    for (const { file } of tests) await import(file);
  });
}
