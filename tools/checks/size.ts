import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { builtOf } from '../manifests.ts';

// What a user's bundler makes of the built packages: minified and gzipped, in bytes. Run after a build: pnpm size

interface Budget {
  readonly name: string;
  /** The names that the user imports; all of them unless told. */
  readonly names?: readonly string[];
  /** What the application has anyway. */
  readonly external?: readonly string[];
  /** What it should be, in bytes. */
  readonly target: number;
  /** Where it is over the target today: what it must not exceed until it is there. @default the target */
  readonly ceiling?: number;
}

const adapter = ['etag', 'precondition', 'expectation', 'respond'];

const budgets: readonly Budget[] = [
  {
    name: '@etag/core',
    names: ['parseEntityTag', 'parseEntityTagList', 'strongCompare', 'weakCompare', 'evaluatePreconditions'],
    target: 2700,
  },
  { name: '@etag/fetch', names: adapter, target: 7500, ceiling: 9780 },
  { name: '@etag/hono', names: adapter, external: ['hono'], target: 7500, ceiling: 11_740 },
  { name: '@etag/client', target: 15_000 },
];

const built: Plugin = {
  name: 'built',
  setup({ onResolve }) {
    onResolve({ filter: /^@etag\// }, ({ path }) => {
      const file = builtOf(path);
      return file && { path: fileURLToPath(file), sideEffects: false };
    });
  },
};

/** The size of what a page ships that imports some names of a package. */
async function sizeOf({ name, names, external = [] }: Budget): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `export ${names ? `{ ${names} }` : '*'} from '${name}'`, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: [...external],
    plugins: [built],
    write: false,
    logLevel: 'error',
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
}

for (const budget of budgets) {
  const size = await sizeOf(budget);
  const { name, names, target, ceiling = target } = budget;
  const verdict = size <= target ? 'ok   ' : size <= ceiling ? 'short' : 'OVER ';
  console.log(`${verdict} ${name}, ${names?.join(', ') ?? 'all'}: ${size} of ${target} bytes`);
  if (size > ceiling) process.exitCode = 1;
}
