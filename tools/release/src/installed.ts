import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { FRAMEWORKS, runApplications } from './applications.ts';
import type { Packed } from './pack.ts';
import { nodeOf, plainEnvironment, run } from './program.ts';
import type { Registry } from './registry.ts';
import type { Report } from './report.ts';

// The packages where nothing is known of this workspace: loaded by `require` and by `import`, in applications, in jest.

/** The Node that everything is loaded on, besides the one that runs this: those that are supported, and one that still works. */
const NODES = ['20', '22', '26'];

/** What an entry imports that its user has: the commands of an SDK are its classes. Every other store takes what it is given. */
const SDKS = { '@aws-sdk/client-dynamodb': '3', '@aws-sdk/client-s3': '3' };

/** What a user can name of a package: `@etag/client`, `@etag/client/redis`. */
function entriesOf({ manifest: { name, exports } }: Packed): string[] {
  return Object.keys(exports).map((path) => name + path.slice('.'.length));
}

/** A program that loads every entry in both ways, which have to give the same names. */
const loading = (entries: readonly string[]) => `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
for (const entry of ${JSON.stringify(entries)}) {
  const required = Object.keys(require(entry)).sort();
  const imported = Object.keys(await import(entry)).sort();
  if (required.length === 0 || required.join() !== imported.join()) throw new Error(entry + ': ' + required + ' is not ' + imported);
}`;

/** A test in CommonJS, for jest as it comes. */
const testing = (entries: readonly string[]) => `
test.each(${JSON.stringify(entries)})('%s is loaded', (entry) => {
  expect(Object.keys(require(entry))).not.toEqual([]);
});`;

/** Loads what is installed on a Node. */
async function load(packed: readonly Packed[], project: string, version: string, report: Report): Promise<void> {
  const node = await nodeOf(version);
  const env = { ...plainEnvironment, PATH: `${dirname(node)}${delimiter}${plainEnvironment.PATH}` };
  const quiet = async (name: string, args: readonly string[]) => {
    const { isOk, stderr } = await run(node, args, { cwd: project, env });
    // A warning is a failure, too.
    report(`${name} on Node ${version}`, isOk && stderr === '', stderr);
  };
  await quiet('require and import', ['load.mjs']);
  for (const { manifest } of packed)
    for (const program of Object.keys(manifest.bin ?? {}))
      await quiet(program, [join('node_modules/.bin', program), '--help']);
}

/**
 * Installs all packages, and uses them as applications do.
 *
 * @param packed - the packages, which the registry has
 * @param registry - the registry
 * @param folder - where the projects are made
 * @param report - takes each finding
 */
export async function tryInstalled(
  packed: readonly Packed[],
  registry: Registry,
  folder: string,
  report: Report,
): Promise<void> {
  const entries = packed.flatMap(entriesOf);
  const install = async (name: string, others: Readonly<Record<string, string>>) => {
    const project = join(folder, name);
    mkdirSync(project);
    registry.serve(project);
    const ours = Object.fromEntries(packed.map(({ manifest }) => [manifest.name, manifest.version]));
    const dependencies = { ...ours, ...others };
    writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, dependencies }));
    writeFileSync(join(project, 'load.mjs'), loading(entries));
    writeFileSync(join(project, 'load.test.js'), testing(entries));
    const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    const { isOk, stdout, stderr } = await run('npm', args, { cwd: project, env: plainEnvironment });
    report(`all packages, ${name}, can be installed`, isOk, stdout + stderr);
    return project;
  };

  runApplications(await install('with frameworks', FRAMEWORKS), report);
  const nest = { '@nestjs/common': '11', '@nestjs/core': '11' };
  const project = await install('with NestJS 11 and jest', { ...SDKS, ...nest, jest: '*' });
  for (const version of NODES) await load(packed, project, version, report);
  const { isOk, stdout, stderr } = await run('npx', ['jest'], { cwd: project, env: plainEnvironment });
  report('jest, CommonJS, NestJS 11', isOk, stdout + stderr);
}
