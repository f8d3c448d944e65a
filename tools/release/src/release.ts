import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from './inspect.ts';
import { tryInstalled } from './installed.ts';
import { type Packed, pack } from './pack.ts';
import { plainEnvironment, succeed } from './program.ts';
import { publish } from './publish.ts';
import { tryReadmes } from './readmes.ts';
import { startRegistry } from './registry.ts';
import { report } from './report.ts';
import { type Repository, repositoryOf } from './repository.ts';

// Publishes all packages, after a build. With --dry-run, to a registry of its own, from which it then installs them:
//   pnpm release [--dry-run | arguments for npm publish]

/** Stands for the repository where a dry run is no workflow. */
const NOWHERE: Repository = { url: 'https://github.example/owner/repository', commit: 'HEAD' };

/** The version that all packages have. */
function versionOf(packed: readonly Packed[]): string {
  const versions = new Set(packed.map(({ manifest }) => manifest.version));
  if (versions.size !== 1) throw new Error(`the packages have several versions: ${[...versions].join(', ')}`);
  return [...versions].join();
}

/** Sees whether this is the moment to publish. */
function checkVersion(version: string): void {
  const changesets = readdirSync(new URL('../../../.changeset/', import.meta.url));
  const pending = changesets.filter((name) => name.endsWith('.md') && name !== 'README.md');
  if (pending.length > 0) throw new Error(`not in the version yet: ${pending.join(', ')}. Run pnpm changeset version.`);
  const tag = process.env.GITHUB_REF_NAME;
  if (tag !== `v${version}`) throw new Error(`the packages are ${version}, and the tag is ${tag}`);
}

async function dryRun(packed: readonly Packed[], folder: string): Promise<void> {
  const registry = await startRegistry(join(folder, 'registry'));
  try {
    const published = await publish(packed, registry.url, registry.args);
    report('all packages are published', published.length === packed.length, published.join('\n'));
    const again = await publish(packed, registry.url, registry.args);
    report('a second run publishes nothing', again.length === 0, again.join('\n'));
    const projects = join(folder, 'projects');
    mkdirSync(projects);
    await tryReadmes(packed, registry, projects, report);
    await tryInstalled(packed, registry, projects, report);
  } finally {
    registry.close();
  }
}

const isDry = process.argv.includes('--dry-run');
const folder = mkdtempSync(join(tmpdir(), 'release-'));
try {
  const repository = isDry && !process.env.GITHUB_REPOSITORY ? NOWHERE : repositoryOf(process.env);
  const packed = await pack(folder, repository);
  for (const item of packed) await inspect(item, report);
  const version = versionOf(packed);
  if (isDry) await dryRun(packed, folder);
  else if (process.exitCode === undefined) {
    checkVersion(version);
    const registry = await succeed('npm', ['config', 'get', 'registry'], { cwd: folder, env: plainEnvironment });
    await publish(packed, registry.trim(), process.argv.slice(2));
  }
} finally {
  rmSync(folder, { recursive: true });
}
