import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

// Applications as their authors build them: compiled by tsc, CommonJS and ESM, on NestJS 12 and 11, with the packages in
// their node_modules.
const packages = fileURLToPath(new URL('../..', import.meta.url));
const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nestjs-')));
const children: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Compiles what a folder has, and fails with what tsc says. */
async function compile(project: string, config: object): Promise<void> {
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
  await promisify(execFile)(process.execPath, [tsc, '--project', project]).catch(({ stdout }) => {
    throw new Error(stdout);
  });
}

const names = ['core', 'concurrency', 'node', 'express', 'fastify', 'nestjs'];
/** The sources of what a package exports, by path; of the stores, the one that needs no driver. */
const entriesOf = (name: string): [path: string, source: string][] => {
  const { exports } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
  return Object.entries<string>(exports).filter(([path]) => name !== 'concurrency' || ['.', './memory'].includes(path));
};
const scope = join(folder, 'etag');

/** Compiles the packages into one module system, as they are published in both. */
async function compilePackages(to: string, options: object): Promise<void> {
  mkdirSync(to);
  await compile(to, {
    extends: join(packages, '../tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      rewriteRelativeImportExtensions: true,
      declaration: true,
      rootDir: packages,
      outDir: to,
      typeRoots: [join(packages, '../node_modules/@types')],
      ...options,
    },
    files: names.flatMap((name) => entriesOf(name).map(([, source]) => join(packages, name, source))),
    include: [],
  });
}

beforeAll(async () => {
  mkdirSync(scope);
  const [modules, common] = [join(folder, 'module'), join(folder, 'commonjs')];
  await compilePackages(modules, {});
  await compilePackages(common, { module: 'commonjs', moduleResolution: 'bundler', verbatimModuleSyntax: false });
  for (const name of names) {
    const project = join(scope, name);
    cpSync(join(modules, name), join(project, 'module'), { recursive: true });
    cpSync(join(common, name), join(project, 'commonjs'), { recursive: true });
    writeFileSync(join(project, 'module/package.json'), '{ "type": "module" }');
    const fileOf = (folder: string, source: string) => `./${folder}/${source.slice(2).replace(/ts$/, 'js')}`;
    const exports = entriesOf(name).map(([path, source]) => [
      path,
      { import: fileOf('module', source), require: fileOf('commonjs', source) },
    ]);
    const manifest = { name: `@etag/${name}`, exports: Object.fromEntries(exports) };
    writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  }
}, 240_000);

/** Installs and compiles an application; each has its own packages, which load what is next to them. */
async function build(type: 'commonjs' | 'module', nest: string): Promise<string> {
  const project = mkdtempSync(join(folder, 'app-'));
  const modules = join(project, 'node_modules');
  const link = (name: string, from: string) => {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(realpathSync(join(packages, from, 'node_modules', name)), join(modules, name));
  };
  for (const name of ['common', 'core', 'platform-express', 'platform-fastify']) link(`@nestjs/${name}`, nest);
  for (const name of ['reflect-metadata', 'rxjs']) link(name, nest);
  link('fastify-plugin', 'fastify');
  link('@types/node', '..');
  cpSync(scope, join(modules, '@etag'), { recursive: true });
  cpSync(join(packages, 'nestjs/test/compiled'), project, { recursive: true });
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type }));
  await compile(project, {
    compilerOptions: {
      target: 'ES2023',
      module: 'nodenext',
      strict: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      skipLibCheck: true,
      types: ['node'],
      outDir: 'dist',
      rootDir: '.',
    },
    files: ['main.ts'],
  });
  return join(project, 'dist/main.js');
}

/** Starts an application. */
async function start(program: string, options: readonly string[], ...args: string[]) {
  const child = spawn(process.execPath, [...options, program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const ended = once(child, 'exit').then(([code]) => [`ended with ${code}`]);
  const [port] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  return (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    fetch(`http://localhost:${port}/notes${path}`, { ...init, headers });
}

it.each([
  // NestJS 12 is ESM: CommonJS loads it by require() all the same.
  { type: 'commonjs', version: 12, nest: 'nestjs', options: [] },
  { type: 'module', version: 12, nest: 'nestjs', options: [] },
  { type: 'commonjs', version: 11, nest: '../tools/nest11', options: ['--no-experimental-require-module'] },
] as const)(
  'runs in a compiled application: $type, NestJS $version',
  async ({ type, nest, options }) => {
    const program = await build(type, nest);
    for (const platform of ['express', 'fastify']) {
      const ask = await start(program, options, platform);
      const put = (id: string, headers: Record<string, string> = {}) =>
        ask(`/${id}`, { 'Content-Type': 'application/json', ...headers }, { method: 'PUT', body: '{"text":"hello"}' });

      const list = await ask('');
      expect([list.status, list.headers.get('etag')]).toEqual([200, expect.stringMatching(/^"[\w-]{43}"$/)]);
      expect((await ask('', { 'If-None-Match': list.headers.get('etag') ?? '' })).status).toBe(304);

      const required = await put('1');
      expect([required.status, (await required.json()).reason]).toEqual([428, 'required']);
      expect(required.headers.get('content-type')).toMatch('application/problem+json');
      expect((await put('x')).status).toBe(400);
      const created = await put('1', { 'If-None-Match': '*' });
      expect([created.status, created.headers.get('etag')]).toEqual([201, null]);

      const found = await ask('/1');
      const tag = found.headers.get('etag') ?? '';
      expect([found.status, tag]).toEqual([200, expect.stringMatching(/^"v.+"$/)]);
      expect((await ask('/1', { 'If-None-Match': tag })).status).toBe(304);
      expect((await ask('/1/calls', { 'If-None-Match': tag })).status).toBe(304);
      expect(await (await ask('/1/calls')).json()).toEqual({ calls: 1 });

      expect((await put('1', { 'If-Match': tag })).status).toBe(200);
      const stale = await put('1', { 'If-Match': tag });
      expect([stale.status, (await stale.json()).current]).toEqual([412, (await ask('/1')).headers.get('etag')]);

      const catching = await start(program, options, platform, 'catching');
      const body = { method: 'PUT', body: '{"text":"hello"}' };
      const type = { 'Content-Type': 'application/json' };
      expect((await catching('/1', type, body)).status).toBe(428);
      expect((await catching('/1', { ...type, 'If-None-Match': '*' }, body)).status).toBe(201);
      const current = (await catching('/1')).headers.get('etag') ?? '';
      for (const path of ['/1', '/1/calls']) {
        expect((await catching(path, { 'If-None-Match': current })).status).toBe(304);
      }
      const refused = await catching('/1', { ...type, 'If-None-Match': '*' }, body);
      // A 304 is no error to an interceptor that logs.
      expect([refused.status, await refused.json()]).toEqual([412, { caught: 412, seen: [428, 412] }]);
    }
  },
  120_000,
);
