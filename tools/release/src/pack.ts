import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folders } from '../../manifests.ts';
import { succeed } from './program.ts';
import { originOf, type Repository, withAbsoluteLinks } from './repository.ts';

/** The package.json that npm gets. */
export interface PublishedManifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
}

/** A package as it is published. */
export interface Packed {
  /** Its name under `packages/`. */
  readonly folder: string;
  readonly manifest: PublishedManifest;
  /** The file that is uploaded. */
  readonly tarball: string;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** `@etag/core` 1.2.3 → `etag-core-1.2.3.tgz`, as npm and pnpm name it. */
const fileOf = ({ name, version }: PublishedManifest) => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;

/** Rewrites the package.json and the README of a package that lies unpacked in a folder. */
function rewrite(unpacked: string, folder: string, repository: Repository): PublishedManifest {
  const file = join(unpacked, 'package.json');
  // What builds and tests a package is of no use to those who install it.
  const { scripts: _, devDependencies: __, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
  const published = { ...manifest, ...originOf(`packages/${folder}`, repository) };
  writeFileSync(file, `${JSON.stringify(published, null, 2)}\n`);
  const readme = join(unpacked, 'README.md');
  writeFileSync(readme, withAbsoluteLinks(readFileSync(readme, 'utf8'), `packages/${folder}`, repository, root));
  return published;
}

/**
 * Packs every package as it is published: with what it was built to, and with the repository and the links that lead there.
 *
 * @param into - an empty folder
 * @param repository - where the sources are
 * @returns the packages
 */
export async function pack(into: string, repository: Repository): Promise<Packed[]> {
  await succeed('pnpm', ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', into], { cwd: root });
  const unpacked = folders.map((folder) => join(into, folder, 'package'));
  const manifests = await Promise.all(
    folders.map(async (folder, index) => {
      const { name, version } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
      mkdirSync(join(into, folder));
      await succeed('tar', ['-xzf', fileOf({ name, version, exports: {} }), '-C', folder], { cwd: into });
      return rewrite(unpacked[index] ?? '', folder, repository);
    }),
  );
  // The packages of before are overwritten: the names are the same.
  await succeed('npm', ['pack', '--loglevel=error', ...unpacked], { cwd: into });
  return manifests.map((manifest, index) => ({
    folder: folders[index] ?? '',
    manifest,
    tarball: join(into, fileOf(manifest)),
  }));
}
