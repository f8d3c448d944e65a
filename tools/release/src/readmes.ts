import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import type { Packed } from './pack.ts';
import { type Ended, plainEnvironment as env, nodeOf, run } from './program.ts';
import type { Registry } from './registry.ts';
import type { Report } from './report.ts';

// What a reader of a README does: the lines that install, in an empty folder, then the examples.

const packages = fileURLToPath(new URL('../../../packages', import.meta.url));

/** READMEs whose examples go on from each other: they are one program. */
const CONTINUED = new Set(['concurrency']);

/** What stands in the folder before: a README that is about a framework with projects of its own is read in one of them. */
const PROJECTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nestjs: {
    '@nestjs/common': '^12.5.0',
    '@nestjs/core': '^12.5.0',
    '@nestjs/platform-express': '^12.0.0',
    '@nestjs/testing': '^12.0.0',
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.2',
  },
};

/** A Node that is not supported any more, and still runs the examples. */
const OLD_NODE = '20';

/** READMEs whose examples need a newer one: `node:sqlite`. */
const NEWER = new Set(['concurrency']);

/** A program of a README, and the lines that its comments say it prints. */
interface Example {
  readonly code: string;
  readonly promised: readonly string[];
}

/** The part of a README that is tried. */
interface Readme {
  /** What is installed: `['@etag/hono', 'hono']`, one for each line. */
  readonly lines: readonly (readonly string[])[];
  readonly examples: readonly Example[];
}

const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);

function exampleOf(source: string): Example {
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true, verbatimModuleSyntax: true } };
  const { code } = transformSync(source, { loader: 'ts', tsconfigRaw });
  const promised = [...source.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, line = '']) => line);
  return { code, promised };
}

/** What a fragment imports, as a program: it links only where each name exists. */
const importsOf = (fragment: string): Example => ({
  code: [...fragment.matchAll(/^import [^;]*;/gm)].join('\n'),
  promised: [],
});

function readmeOf(folder: string): Readme {
  const text = readFileSync(join(packages, folder, 'README.md'), 'utf8');
  const lines = blocksOf(text, 'sh')
    .flatMap((block) => [...block.matchAll(/^npm install ([^#\n]+)/gm)])
    .map(([, words = '']) => words.trim().split(/\s+/));
  const programs = blocksOf(text, 'ts');
  return {
    lines,
    examples: [
      ...(CONTINUED.has(folder) ? [programs.join('')] : programs).map(exampleOf),
      ...blocksOf(text, 'js').map(importsOf),
    ],
  };
}

/** Runs examples one after the other, and sees whether each prints what it promises. */
const RUNNER = (examples: readonly Example[]) => `
import { format } from 'node:util';
const log = console.log;
for (const [index, promised] of ${JSON.stringify(examples.map(({ promised }) => promised))}.entries()) {
  const printed = [];
  console.log = (...values) => printed.push(format(...values));
  await import('./example-' + index + '.mjs');
  console.log = log;
  const missing = promised.filter((line) => !printed.includes(line));
  if (missing.length > 0) throw new Error('example ' + index + ' prints ' + printed.join('; ') + ', not ' + missing.join('; '));
}
`;

const YARN = createRequire(import.meta.url).resolve('@yarnpkg/cli-dist/bin/yarn.js');

/** How each package manager installs, and runs a program on what it has installed. */
interface Manager {
  install(words: readonly string[], project: string): Promise<Ended>;
  start(file: string, project: string): Promise<Ended>;
}

const onNode = (file: string, cwd: string) => run(process.execPath, [file], { cwd, env });

const MANAGERS: Readonly<Record<string, Manager>> = {
  npm: {
    install: (words, cwd) =>
      run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...words], { cwd, env }),
    start: onNode,
  },
  pnpm: {
    install: (words, cwd) =>
      run('pnpm', [words.length > 0 ? 'add' : 'install', '--prefer-offline', ...words], { cwd, env }),
    start: onNode,
  },
  // Plug'n'Play: nothing can be imported that is not declared.
  yarn: {
    install: (words, cwd) => {
      const named = words.map((word) => (word === '--save-dev' ? '--dev' : word));
      return run(process.execPath, [YARN, named.length > 0 ? 'add' : 'install', ...named], { cwd, env });
    },
    start: (file, cwd) => run(process.execPath, [YARN, 'node', file], { cwd, env }),
  },
};

/** Installs what a README says, in a folder of its own, and runs its examples there. */
async function tryOne(folder: string, manager: string, project: string, registry: Registry): Promise<Ended> {
  const { lines, examples } = readmeOf(folder);
  const { install, start } = MANAGERS[manager] as Manager;
  mkdirSync(project, { recursive: true });
  registry.serve(project);
  const dependencies = PROJECTS[folder];
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, dependencies }));
  for (const words of [...(dependencies ? [[]] : []), ...lines]) {
    const installed = await install(words, project);
    if (!installed.isOk) return installed;
  }
  // The date of a file that was written a moment ago is not yet a strong validator (RFC 9110 §8.8.2.2): an example sends it as If-Range.
  const minuteAgo = new Date(Date.now() - 60_000);
  utimesSync(join(project, 'package.json'), minuteAgo, minuteAgo);
  for (const [index, { code }] of examples.entries()) writeFileSync(join(project, `example-${index}.mjs`), code);
  writeFileSync(join(project, 'run.mjs'), RUNNER(examples));
  return start('run.mjs', project);
}

/**
 * Follows the README of each package with each package manager.
 *
 * @param packed - the packages, which the registry has
 * @param registry - the registry
 * @param folder - where the projects are made
 * @param report - takes what became of each
 */
export async function tryReadmes(
  packed: readonly Packed[],
  registry: Registry,
  folder: string,
  report: Report,
): Promise<void> {
  const old = await nodeOf(OLD_NODE);
  const tries = Object.keys(MANAGERS).flatMap((manager) => packed.map((item) => ({ manager, name: item.folder })));
  const follow = async ({ manager, name }: { manager: string; name: string }) => {
    const project = join(folder, manager, name);
    const tried = await tryOne(name, manager, project, registry);
    report(`README of @etag/${name}, installed by ${manager}`, tried.isOk, tried.stdout + tried.stderr);
    if (manager !== 'npm' || NEWER.has(name)) return;
    const again = await run(old, ['run.mjs'], { cwd: project, env });
    report(`README of @etag/${name}, on Node ${OLD_NODE}`, again.isOk, again.stdout + again.stderr);
  };
  const worker = async () => {
    for (let next = tries.shift(); next; next = tries.shift()) await follow(next);
  };
  await Promise.all([worker(), worker()]);
}
