import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Where the program of an npm package is.
 *
 * @param name - of the package and of its program
 * @returns the path of its file
 */
export function program(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { bin } = createRequire(import.meta.url)(manifest) as { bin: string | Record<string, string> };
  return join(dirname(manifest), typeof bin === 'string' ? bin : (bin[name] ?? ''));
}
