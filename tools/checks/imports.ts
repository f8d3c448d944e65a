import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { folders, type Manifest, manifestOf } from '../manifests.ts';

// A package's sources import what its package.json declares, and nothing else; the arrows between our packages point one way.

/** Which of ours a package may build on. */
const arrows: Record<string, readonly string[]> = {
  core: [],
  fetch: ['core'],
  node: ['core'],
  hono: ['core', 'fetch'],
  koa: ['core', 'node'],
  express: ['core', 'node'],
  fastify: ['core', 'node'],
  nestjs: ['core', 'node', 'express', 'fastify'],
  concurrency: ['core'],
  client: ['core'],
  wire: [],
  conformance: ['core', 'wire'],
  doctor: ['core', 'wire', 'concurrency'],
};

/** Packages that run where there is no Node: in browsers, on Workers, on Deno. */
const anywhere = new Set(['core', 'fetch', 'hono']);

/** Imports that are made when they are needed, and nowhere else: a path is given only where there is a file system. */
const late = new Set(['fetch/src/serve-file.ts node:fs/promises']);

const packages = fileURLToPath(new URL('../../packages', import.meta.url));

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

/** `@scope/name/path` → `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Why a package may not import something; null if it may. */
function objection(folder: string, declared: Manifest, specifier: string): string | null {
  if (specifier.startsWith('./') || specifier.startsWith('../')) return null;
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
    return anywhere.has(folder) ? 'it runs where there is no Node' : null;
  }
  const name = packageOf(specifier);
  if (name in { ...declared.dependencies, ...declared.peerDependencies }) return null;
  return 'its package.json declares no such dependency';
}

for (const folder of folders) {
  const manifest = manifestOf(folder);
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    const ours = /^@etag\/(.+)$/.exec(name)?.[1];
    if (ours !== undefined && !arrows[folder]?.includes(ours)) fail(`packages/${folder} may not depend on ${name}`);
  }
  for (const file of globSync(`${folder}/src/**/*.ts`, { cwd: packages, exclude: ['**/*.test.ts'] })) {
    for (const { fileName } of ts.preProcessFile(readFileSync(`${packages}/${file}`, 'utf8')).importedFiles) {
      const why = objection(folder, manifest, fileName);
      if (why && !late.has(`${file} ${fileName}`)) fail(`packages/${file} may not import ${fileName}: ${why}`);
    }
  }
}
