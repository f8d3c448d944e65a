import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as core from './index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => ({
  code,
  heading: [...readme.slice(0, readme.indexOf(code)).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? '',
}));

/** A statement with its result beside it: `isWeak('W/"v7"'); // true`. */
const RESULT = /^(\S.*?);[ \t]+\/\/ (.+)$/gm;

type Check = (actual: unknown, expected: unknown, statement: string) => void;

/** A block as a function of core's exports, its results as calls of `check`. */
function program(code: string): (core: unknown, check: Check) => Promise<void> {
  const body = stripTypeScriptTypes(code)
    .replace(/^import (\{.*?\}) from '@etag\/core';/gms, 'const $1 = core;')
    .replace(RESULT, (_, statement, result) => `check(${statement}, ${result}, ${JSON.stringify(statement)});`);
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  return AsyncFunction('core', 'check', body) as unknown as ReturnType<typeof program>;
}

describe.each(blocks)('README, $heading', ({ code }) => {
  it('says what its example gives', async () => {
    const results: [statement: string, actual: unknown][] = [];
    const promised: [statement: string, expected: unknown][] = [];
    await program(code)(core, (actual, expected, statement) => {
      results.push([statement, actual]);
      promised.push([statement, expected]);
    });
    expect(results).toEqual(promised);
    expect(results).toHaveLength(code.match(/; +\/\/ /g)?.length ?? 0);
    expect(results.length).toBeGreaterThan(0);
  });
});

it('the examples of the README compile', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const index = fileURLToPath(new URL('index.ts', import.meta.url));
  const files = new Map(blocks.map(({ code }, i) => [`${folder}readme-example-${i}.ts`, `${code}\nexport {};\n`]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [],
    paths: { '@etag/core': [index] },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, languageVersion, ...rest) => {
    const code = files.get(name);
    return code === undefined
      ? getSourceFile(name, languageVersion, ...rest)
      : ts.createSourceFile(name, code, languageVersion);
  };
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([...files.keys()], options, host));
  const messages = diagnostics.map(({ file, messageText }) => {
    return `${file?.fileName.replace(folder, '')}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
  expect(files.size).toBe(blocks.length);
  expect(messages).toEqual([]);
});
