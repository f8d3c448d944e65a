import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
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

/** Builds core with a mistake in it, and loads it beside the real one. */
export async function coreWith(edit: Edit): Promise<Core> {
  const folder = await mkdtemp(join(tmpdir(), 'etag-proof-'));
  const outfile = join(folder, 'core.mjs');
  const path = pathOf(edit.file);
  try {
    await build({
      entryPoints: [pathOf('packages/core/src/index.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      logLevel: 'error',
      plugins: [
        {
          name: 'edit',
          setup({ onLoad }) {
            onLoad({ filter: /\.ts$/ }, async (file) => {
              const text = await readFile(file.path, 'utf8');
              return { contents: file.path === path ? edited(text, edit) : text, loader: 'ts' };
            });
          },
        },
      ],
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}
