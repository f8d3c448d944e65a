import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

// One build for every package: an entry for each subpath that its package.json exports.
const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> };

export default defineConfig({
  entry: Object.keys(exports).map((path) => `src/${path === '.' ? 'index' : path.slice(2)}.ts`),
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  dts: true,
  clean: true,
  treeshake: true,
});
