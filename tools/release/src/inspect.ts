import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { Packed } from './pack.ts';
import type { Report } from './report.ts';

/** The files that each package has beside its code. */
const FILES = ['README.md', 'LICENSE'];

/**
 * Reads a package as the tools of a stranger will.
 *
 * @param packed - the package
 * @param report - takes each finding
 */
export async function inspect({ manifest, tarball }: Packed, report: Report): Promise<void> {
  const { name, dependencies, peerDependencies } = manifest;
  const data = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: data.buffer }, strict: true });
  const found = messages.map((message) => formatMessage(message, pkg as Record<string, unknown>));
  report(`${name}: publint`, found.length === 0, found.join('\n'));

  const types = createPackageFromTarballData(data);
  const result = await checkPackage(types);
  const problems = result.types ? result.problems.map((problem) => JSON.stringify(problem)) : ['no types'];
  report(`${name}: are the types wrong`, problems.length === 0, problems.join('\n'));

  const missing = FILES.filter((file) => !types.fileExists(`/node_modules/${name}/${file}`));
  report(`${name}: has README and licence`, missing.length === 0, `${missing} not in the package`);
  const ranges = Object.values({ ...dependencies, ...peerDependencies });
  report(`${name}: names no workspace`, !ranges.some((range) => range.startsWith('workspace:')), ranges.join(' '));
}
