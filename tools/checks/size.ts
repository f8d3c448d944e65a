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
  readonly limit: number;
}

const adapter = ['etag', 'precondition', 'expectation', 'respond'];

const budgets: readonly Budget[] = [
  {
    name: '@etag/core',
    names: ['parseEntityTag', 'parseEntityTagList', 'strongCompare', 'weakCompare', 'evaluatePreconditions'],
    limit: 2700,
  },
  { name: '@etag/fetch', names: adapter, limit: 7500 },
  { name: '@etag/hono', names: adapter, external: ['hono'], limit: 7500 },
  { name: '@etag/client', limit: 15_000 },
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
  const fits = size <= budget.limit;
  console.log(
    `${fits ? 'ok  ' : 'OVER'} ${budget.name}, ${budget.names?.join(', ') ?? 'all'}: ${size} of ${budget.limit} bytes`,
  );
  if (!fits) process.exitCode = 1;
}
