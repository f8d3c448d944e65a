import type { Packed } from './pack.ts';
import { attend, plainEnvironment } from './program.ts';

/**
 * Packages by when they can be published: each after those that it depends on, so that a release that breaks off leaves nothing
 * that cannot be installed.
 *
 * @param packed - the packages
 * @returns the packages that need none of the others, then those that need only these, and so on
 */
export function inOrder(packed: readonly Packed[]): Packed[][] {
  const names = new Set(packed.map(({ manifest }) => manifest.name));
  const isReady = ({ manifest: { dependencies, peerDependencies } }: Packed) =>
    Object.keys({ ...dependencies, ...peerDependencies }).every((name) => !names.has(name));
  const ready = packed.filter(isReady);
  if (ready.length === 0) {
    if (packed.length > 0) throw new Error(`packages that need each other: ${[...names].join(', ')}`);
    return [];
  }
  return [ready, ...inOrder(packed.filter((item) => !isReady(item)))];
}

/**
 * Publishes what is not published yet. Run again, it finishes what was broken off.
 *
 * @param packed - the packages
 * @param registry - its URL
 * @param args - for npm, beside the registry
 * @returns the names and versions that were published now
 */
export async function publish(packed: readonly Packed[], registry: string, args: readonly string[] = []) {
  const published: string[] = [];
  for (const { manifest, tarball } of inOrder(packed).flat()) {
    const { name, version } = manifest;
    const { status } = await fetch(new URL(`${name.replace('/', '%2f')}/${version}`, registry));
    if (status === 200) continue;
    if (status !== 404) throw new Error(`${registry} answers ${status} when asked for ${name} ${version}`);
    const words = ['publish', tarball, '--access=public', '--loglevel=error', `--registry=${registry}`, ...args];
    await attend('npm', words, { env: plainEnvironment });
    published.push(`${name}@${version}`);
  }
  return published;
}
