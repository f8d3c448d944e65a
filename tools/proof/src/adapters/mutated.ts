import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { type Edit, edits, pathOf } from '../mutants/edit.ts';
import type { Booted } from './boots.ts';

/** An adapter with a mistake in one of its own sources. */
export async function bootedWith({ name, ...booted }: Booted, edit: Edit): Promise<Booted> {
  // Where its dependencies are found.
  const folder = await mkdtemp(join(pathOf(`packages/${name}/node_modules`), '.proof-'));
  const outfile = join(folder, 'boot.mjs');
  try {
    await build({
      entryPoints: [pathOf(`packages/${name}/test/boot.ts`)],
      outfile,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
      plugins: [edits(edit)],
    });
    return { ...booted, name, boot: (await import(pathToFileURL(outfile).href)).boot };
  } finally {
    await rm(folder, { recursive: true });
  }
}
