import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// What npm would get: each public package is packed, and the tarball is read as a stranger's tools will read it.
const packages = fileURLToPath(new URL('../packages', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'packed-'));
let failed = 0;

function check(name: string, command: string, args: string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  if (status === 0) return;
  failed++;
  console.log(stdout, stderr);
}

function isPublic(name: string): boolean {
  return !JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')).private;
}

const folders = readdirSync(packages, { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of folders.filter(({ name }) => isPublic(name))) {
  const tarball = join(folder, `${name}.tgz`);
  execFileSync('pnpm', ['pack', '--out', tarball], { cwd: join(packages, name), stdio: 'pipe' });
  check(`@etag/${name}: publint`, 'publint', ['run', tarball, '--strict']);
  check(`@etag/${name}: are the types wrong`, 'attw', [tarball, '--profile', 'esm-only']);
  const manifest = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' });
  for (const [dependency, range] of Object.entries<string>(JSON.parse(manifest).dependencies ?? {})) {
    if (name !== 'core' && !range.startsWith('workspace:')) continue;
    failed++;
    console.log(`FAIL @etag/${name}: depends on ${dependency}@${range}`);
  }
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' });
  for (const file of ['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']) {
    if (files.includes(`package/${file}\n`)) continue;
    failed++;
    console.log(`FAIL @etag/${name}: ${file} is not in the package`);
  }
}
rmSync(folder, { recursive: true });
process.exitCode = failed === 0 ? 0 : 1;
