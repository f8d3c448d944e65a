import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Core } from '../properties/properties.ts';

const ROOT = new URL('../../../../', import.meta.url);

/** A mistake, made in a source file. */
export interface Edit {
  /** From the root of the workspace. */
  readonly file: string;
  /** Text that stands there once. */
  readonly from: string;
  readonly to: string;
}

/** The path of a file of the workspace. */
export function pathOf(file: string): string {
  return fileURLToPath(new URL(file, ROOT));
}

/**
 * Makes the mistake in a text.
 *
 * @throws Error where the text does not hold what is to be replaced, or holds it twice
 */
export function edited(text: string, { file, from, to }: Edit): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times ${from}`);
  return parts.join(to);
}

/** Makes the mistake in what esbuild reads. */
export function edits(edit: Edit): Plugin {
  return {
    name: 'edit',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        return { contents: path === pathOf(edit.file) ? edited(text, edit) : text, loader: 'ts' };
      });
    },
  };
}

/** Builds core with a mistake in it, and loads it beside the real one. */
export async function coreWith(edit: Edit): Promise<Core> {
  const folder = await mkdtemp(join(tmpdir(), 'etag-proof-'));
  const outfile = join(folder, 'core.mjs');
  try {
    await build({
      entryPoints: [pathOf('packages/core/src/index.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      logLevel: 'error',
      plugins: [edits(edit)],
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}
