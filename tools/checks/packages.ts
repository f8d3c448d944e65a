import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folders, type Manifest, manifestOf } from '../manifests.ts';
import { FRAMEWORKS, runApplications } from './applications.ts';

// What npm would get: each package is packed, read as a stranger's tools will read it, installed where nothing is known of this
// workspace, and loaded by `require` and by `import`. Run after a build: pnpm packages

const packages = fileURLToPath(new URL('../../packages', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'packed-'));

/** The oldest Node that is supported, and those after it. */
const NODES = ['20', '22', '24'];

interface Packed {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly tarball: string;
}

function report(name: string, isOk: boolean, output = ''): void {
  console.log(`${isOk ? 'ok  ' : 'FAIL'} ${name}`);
  if (isOk) return;
  process.exitCode = 1;
  console.log(output);
}

/** Runs a program, which has to end well. */
function check(name: string, command: string, args: readonly string[], cwd = folder): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', cwd });
  report(name, status === 0, `${error ?? ''}${stdout}${stderr}`);
}

function pack(name: string): Packed {
  const tarball = join(folder, `${name}.tgz`);
  execFileSync('pnpm', ['pack', '--out', tarball], { cwd: join(packages, name), stdio: 'pipe' });
  return { folder: name, manifest: manifestOf(name), tarball };
}

/** The tarball by itself. */
function read({ manifest: { name }, tarball }: Packed): void {
  check(`${name}: publint`, 'publint', ['run', tarball, '--strict']);
  check(`${name}: are the types wrong`, 'attw', [tarball]);
  const manifest = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' });
  const ranges = Object.values<string>(JSON.parse(manifest).dependencies ?? {});
  report(`${name}: names no workspace`, !ranges.some((range) => range.startsWith('workspace:')), manifest);
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' });
  const missing = ['README.md', 'LICENSE'].filter((file) => !files.includes(`package/${file}\n`));
  report(`${name}: has README and licence`, missing.length === 0, `${missing} not in the package`);
}

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

/** What an entry imports that its user has: the commands of an SDK are its classes. Every other store takes what it is given. */
const SDKS = { '@aws-sdk/client-dynamodb': '3', '@aws-sdk/client-s3': '3' };

/** Installs the tarballs, and what they need from the registry, in a folder of its own. */
function install(packed: readonly Packed[], others: Record<string, string>): string {
  const project = mkdtempSync(join(folder, 'project-'));
  const ours = Object.fromEntries(packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]));
  const overrides = Object.fromEntries(Object.keys(ours).map((name) => [name, `$${name}`]));
  const entries = packed.flatMap(entriesOf);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ private: true, dependencies: { ...ours, ...others }, overrides }),
  );
  writeFileSync(join(project, 'load.mjs'), loading(entries));
  writeFileSync(join(project, 'load.test.js'), testing(entries));
  check('the packages can be installed', 'npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], project);
  return project;
}

/** Runs a script on another Node, which may print nothing, no warning either. */
function run(name: string, node: string, args: readonly string[], cwd: string): void {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, NODE_OPTIONS: '' };
  const { status, stderr } = spawnSync(node, args, { encoding: 'utf8', cwd, env });
  report(name, status === 0 && stderr === '', stderr);
}

/** Loads what is installed on every Node. */
function load(packed: readonly Packed[], project: string): void {
  for (const version of NODES) {
    const options = { encoding: 'utf8', cwd: project } as const;
    const node = execFileSync('npx', ['-y', `node@${version}`, '--print', 'process.execPath'], options).trim();
    run(`require and import on Node ${version}`, node, ['load.mjs'], project);
    for (const { manifest } of packed)
      for (const program of Object.keys(manifest.bin ?? {}))
        run(`${program} on Node ${version}`, node, [join('node_modules/.bin', program), '--help'], project);
  }
}

try {
  const packed = folders.map(pack);
  packed.forEach(read);
  load(packed, install(packed, SDKS));
  runApplications(install(packed, FRAMEWORKS), report);
  const nest = { '@nestjs/common': '11', '@nestjs/core': '11' };
  const project = install(packed, { ...SDKS, ...nest, jest: '*' });
  check('jest, CommonJS, NestJS 11', 'npx', ['jest'], project);
} finally {
  rmSync(folder, { recursive: true });
}
