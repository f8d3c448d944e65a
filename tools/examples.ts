import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

// The examples of a page are its blocks of `ts`. Each is a program of its own; one that begins with ```ts continues goes on
// with the program before it. What a program needs to be checked, and a reader need not see, is in a comment above it:
// <!-- before … -->. A program that prints is run, and prints what the comments beside its console.log say; others are
// only checked.

/** A program of a page. */
export interface Example {
  /** The line on which its first block begins. */
  readonly line: number;
  readonly code: string;
  /** What it prints, line by line. */
  readonly promised: readonly string[];
}

const BLOCK =
  /(?:<!-- before\n(?<before>(?:(?!-->).)*)-->\n+)?^(?<indent> *)```ts(?<continues> continues)?[^\n]*\n(?<code>.*?)^ *```$/gms;

/**
 * The programs of a page.
 *
 * @param markdown - the page
 * @returns them, in their order
 */
export function examplesOf(markdown: string): Example[] {
  const programs: { line: number; code: string }[] = [];
  for (const { groups = {}, index } of markdown.matchAll(BLOCK)) {
    const code = `${groups.before ?? ''}${groups.code}`;
    const last = programs.at(-1);
    if (groups.continues && last) last.code += code;
    else programs.push({ line: markdown.slice(0, index).split('\n').length, code });
  }
  return programs.map(({ line, code }) => ({ line, code, promised: promisedBy(code) }));
}

function promisedBy(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, line = '']) => line);
}

/** An example as a file that imports what the packages of its folder may import. */
export interface Written extends Example {
  readonly file: string;
}

/** Where the examples of Nest are run: pnpm installs Nest once for each set of peers, and this is the set of @etag/nestjs. */
const nest = new URL('../packages/nestjs/', import.meta.url);

/**
 * Writes examples as files.
 *
 * @param examples - the programs of a page
 * @param folder - where what they import is installed
 * @param page - the name of the page, for messages
 * @returns the examples with their files, in folders that git ignores
 */
export function writeExamples(examples: readonly Example[], folder: URL, page: string): Written[] {
  return examples.map((example) => {
    const isOfNest = example.code.includes("from '@nestjs/");
    const target = fileURLToPath(new URL(`.examples/${page}/`, isOfNest ? nest : folder));
    mkdirSync(target, { recursive: true });
    const file = `${target}line-${example.line}.ts`;
    // A file without an import is a module too.
    writeFileSync(file, `${example.code}\nexport {};\n`);
    return { ...example, file };
  });
}

const hooks = new URL('decorators.mjs', import.meta.url).href;
const MARK = '--- the example ';

/**
 * Runs examples in one process, one after the other.
 *
 * @param examples - as `writeExamples` wrote them
 * @param folder - the working directory
 * @returns what each printed, line by line, under its file; what it threw is a line as well
 */
export async function runExamples(examples: readonly Written[], folder: URL): Promise<Map<string, string[]>> {
  const urls = examples.map(({ file }) => pathToFileURL(file).href);
  const program = `for (const url of ${JSON.stringify(urls)}) {
    console.log('${MARK}' + url);
    await import(url).catch((error) => console.log(error));
  }`;
  const run = ['--import', hooks, '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, run, { cwd: fileURLToPath(folder) });
  const [, ...parts] = stdout.split(MARK);
  return new Map(parts.map((part, index) => [examples[index]?.file ?? '', part.split('\n').slice(1, -1)]));
}
