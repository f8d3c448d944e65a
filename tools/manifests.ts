import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

// In the workspace a package's `exports` name its sources: nothing is built to run them. What npm gets is in `publishConfig`,
// which pnpm puts in place when it packs, and which follows from `exports` and `bin`:
//   node tools/manifests.ts [--check]

type Paths = Record<string, string>;

/** The part of a package.json that this is about. */
export interface Manifest {
  name: string;
  private?: boolean;
  exports: Paths;
  bin?: Paths;
  dependencies?: Paths;
  peerDependencies?: Paths;
  publishConfig: object;
}

const packages = new URL('../packages/', import.meta.url);

/** Where the package.json of a package is. */
const fileOf = (folder: string): URL => new URL(`${folder}/package.json`, packages);

/**
 * Reads the manifest of a package.
 *
 * @param folder - its name under `packages/`
 * @returns what its package.json says
 */
export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(fileOf(folder), 'utf8'));
}

/** The folders under `packages/`: each is a package that is published. */
export const folders = readdirSync(packages, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** `.` → `index`, `./redis` → `redis`: the name of an entry in `dist`. */
const fileNameOf = (path: string): string => (path === '.' ? 'index' : path.slice('./'.length));

/** An entry for `import` and for `require`, each with types of its own. */
function conditionsOf(path: string) {
  const file = `./dist/${fileNameOf(path)}`;
  return {
    import: { types: `${file}.d.ts`, default: `${file}.js` },
    require: { types: `${file}.d.cts`, default: `${file}.cjs` },
  };
}

/**
 * What npm gets to see of a package's entries.
 *
 * @param manifest - the package.json of the workspace
 * @returns its `publishConfig`
 */
export function publishConfigOf({ exports, bin }: Manifest) {
  const paths = Object.keys(exports);
  const subpaths = paths.filter((path) => path !== '.');
  // TypeScript's `moduleResolution: node10` knows no `exports`.
  const types = subpaths.map((path) => [fileNameOf(path), [conditionsOf(path).require.types]]);
  const programs = Object.entries(bin ?? {});
  return {
    access: 'public',
    main: './dist/index.cjs',
    types: './dist/index.d.cts',
    ...(types.length > 0 && { typesVersions: { '*': Object.fromEntries(types) } }),
    exports: Object.fromEntries(paths.map((path) => [path, conditionsOf(path)])),
    ...(bin && {
      bin: Object.fromEntries(
        programs.map(([name, source]) => [name, source.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1.js')]),
      ),
    }),
  };
}

/**
 * What was built of an entry of a package.
 *
 * @param specifier - as it is imported: `@etag/client/redis`
 * @returns the ES module, or null for what is not ours
 */
export function builtOf(specifier: string): URL | null {
  const [, folder, path = ''] = /^@etag\/([^/]+)(\/.+)?$/.exec(specifier) ?? [];
  if (folder === undefined || !folders.includes(folder)) return null;
  const { exports } = publishConfigOf(manifestOf(folder));
  const built = exports[`.${path}`]?.import.default;
  return built === undefined ? null : new URL(built, fileOf(folder));
}

if (import.meta.main) {
  for (const folder of folders) {
    const manifest = manifestOf(folder);
    const publishConfig = publishConfigOf(manifest);
    if (JSON.stringify(publishConfig) === JSON.stringify(manifest.publishConfig)) continue;
    if (process.argv.includes('--check')) {
      console.error(
        `packages/${folder}/package.json: publishConfig does not follow from exports; pnpm manifests mends it`,
      );
      process.exitCode = 1;
    } else {
      writeFileSync(fileOf(folder), `${JSON.stringify({ ...manifest, publishConfig }, null, 2)}\n`);
      console.log(`packages/${folder}/package.json written`);
    }
  }
}
