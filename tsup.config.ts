import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'esbuild';
import { defineConfig, type Options } from 'tsup';

// One build for every package: ES modules and CommonJS, a file for each entry of its package.json. Bundled, because a call
// across modules costs a fifth of an evaluation (docs/performance.md); not minified, because people read it.

interface Manifest {
  exports: Record<string, string>;
  bin?: Record<string, string>;
}
const { exports, bin = {} }: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));

const library = Object.fromEntries(
  Object.entries(exports).map(([path, source]) => [path === '.' ? 'index' : path.slice('./'.length), source]),
);
const programs = Object.fromEntries(Object.values(bin).map((source) => [basename(source, '.ts'), source]));

const target = 'es2022';
const modules: Options = {
  entry: { ...library, ...programs },
  format: 'esm',
  target,
  platform: 'neutral',
  // What two entries have in common stands in one file that both load: a class or a registry exists once.
  splitting: true,
  external: [/^node:/],
  removeNodeProtocol: false,
  onSuccess: convert,
};
const types: Options = { entry: library, format: ['esm', 'cjs'], dts: { only: true } };

/**
 * Writes each module again as CommonJS: the same files with the same parts. (tsup can split CommonJS too, but rewrites
 * class fields and optional chains for engines of ten years ago.)
 */
async function convert(): Promise<void> {
  const files = readdirSync('dist').filter((file) => file.endsWith('.js') && !(basename(file, '.js') in programs));
  const { outputFiles } = await build({
    entryPoints: files.map((file) => `dist/${file}`),
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    platform: 'node',
    target,
    // Where `require` loads, as in jest, `import()` may not.
    supported: { 'dynamic-import': false },
    write: false,
  });
  for (const { path, text } of outputFiles) {
    writeFileSync(path, text.replace(/require\("(\.\/[^"]+)\.js"\)/g, 'require("$1.cjs")'));
  }
}

// The two builds run at once: neither may clear what the other has written.
rmSync('dist', { recursive: true, force: true });

export default defineConfig([modules, types]);
