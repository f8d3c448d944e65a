import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';

// The applications of applications/, in each module system that people deploy.

const folder = fileURLToPath(new URL('../applications', import.meta.url));

/** What the applications import besides our packages. */
export const FRAMEWORKS: Readonly<Record<string, string>> = {
  '@fastify/compress': '^9.2.0',
  '@hono/node-server': '^2.1.8',
  '@nestjs/common': '^12.5.0',
  '@nestjs/core': '^12.5.0',
  '@nestjs/platform-express': '^12.0.0',
  compression: '^1.8.2',
  express: '^5.3.0',
  fastify: '^5.12.8',
  hono: '^4.13.19',
  koa: '^3.0.0',
  'koa-compress': '^5.1.1',
  'reflect-metadata': '^0.2.2',
  rxjs: '^7.8.2',
};

const SYSTEMS: Readonly<Record<string, BuildOptions & { extension: string }>> = {
  'an ES module': { format: 'esm', extension: 'mjs' },
  CommonJS: { format: 'cjs', extension: 'cjs' },
  'bundled and minified': {
    format: 'cjs',
    extension: 'min.cjs',
    bundle: true,
    minify: true,
    // What Nest and our module for it look for, and do without.
    external: [
      '@nestjs/microservices',
      '@nestjs/websockets',
      '@nestjs/platform-fastify',
      '@nestjs/swagger',
      '@etag/fastify',
      'class-validator',
      'class-transformer',
    ],
  },
};

/** Asks an application as a browser does, and a client that writes. */
const ASK = (application: string) => `
const { start } = await import(${JSON.stringify(application)}).then((module) => module.default ?? module);
const server = await start();
const url = \`http://localhost:\${server.address().port}/\`;
const first = await fetch(url);
const again = await fetch(url, { headers: { 'If-None-Match': first.headers.get('etag') } });
const stale = await fetch(url, { method: 'PUT', headers: { 'If-Match': '"v6"' } });
const seen = JSON.stringify([first, again, stale].map(({ status }) => status));
const varies = first.headers.get('vary') === again.headers.get('vary');
if (seen !== '[200,304,412]' || !varies) throw new Error(seen + ', vary ' + first.headers.get('vary') + ' and ' + again.headers.get('vary'));
process.exit();
`;

/**
 * Runs every application in every module system.
 *
 * @param project - a folder where our packages and the frameworks are installed
 * @param report - takes the name of each run, and what went wrong
 */
export function runApplications(project: string, report: (name: string, isOk: boolean, output: string) => void): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    const name = basename(file, '.ts');
    for (const [system, { extension, ...options }] of Object.entries(SYSTEMS)) {
      const outfile = join(project, `${name}.${extension}`);
      const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
      const contents = {
        contents: readFileSync(join(folder, file), 'utf8'),
        resolveDir: project,
        loader: 'ts' as const,
      };
      buildSync({ stdin: contents, outfile, platform: 'node', logLevel: 'error', tsconfigRaw, ...options });
      const script = join(project, 'ask.mjs');
      writeFileSync(script, ASK(`./${basename(outfile)}`));
      const { status, stderr } = spawnSync(process.execPath, [script], {
        encoding: 'utf8',
        cwd: project,
        timeout: 60_000,
      });
      report(`@etag/${name} as ${system}: 200, 304, 412`, status === 0, stderr);
    }
  }
}
