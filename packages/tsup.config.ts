import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

// One build for every package: a file for each subpath that its package.json exports. Bundled, because a call across
// modules costs a fifth of an evaluation (docs/performance.md); not minified, because people read it.
const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> };

export default defineConfig({
  entry: Object.keys(exports).map((path) => `src/${path === '.' ? 'index' : path.slice(2)}.ts`),
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  dts: true,
  clean: true,
  external: [/^node:/],
  removeNodeProtocol: false,
});
