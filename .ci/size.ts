import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

// What a user's bundler makes of the built @etag/core: minified and gzipped, in bytes.
const core = fileURLToPath(new URL('../packages/core/dist/index.js', import.meta.url));
const budgets = [
  { name: 'everything', exports: '*', limit: 5000 },
  {
    name: 'parse + compare + evaluate',
    exports: '{ parseEntityTag, parseEntityTagList, strongCompare, weakCompare, evaluatePreconditions }',
    limit: 2500,
  },
];

for (const { name, exports, limit } of budgets) {
  const { outputFiles } = await build({
    stdin: { contents: `export ${exports} from ${JSON.stringify(core)}`, resolveDir: '/' },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  const size = gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
  const fits = size <= limit;
  console.log(`${fits ? 'ok  ' : 'OVER'} @etag/core, ${name}: ${size} of ${limit} bytes`);
  if (!fits) process.exitCode = 1;
}
