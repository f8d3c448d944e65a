import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A page, and the Markdown that it is made of. */
export interface Source {
  /** Its file in the repository, such as `docs/stores.md`; links in it are relative to this. */
  readonly file: string;
  /** Its address on the site: `guides/cors`; the empty text is the front page. */
  readonly slug: string;
  readonly markdown: string;
}

/** Files whose pages do not have the address of their path. */
const ADDRESSES: readonly [pattern: RegExp, slug: string][] = [
  [/^docs\/README\.md$/, ''],
  [/^docs\/(.*?)(?:\/README)?\.md$/, '$1'],
  [/^(packages|examples)\/(.*)\/README\.md$/, '$1/$2'],
  [/^bench\/README\.md$/, 'bench'],
  [/^CONTRIBUTING\.md$/, 'contributing'],
  [/^SECURITY\.md$/, 'reporting'],
];

const PATTERNS = [
  'docs/**/*.md',
  'packages/*/README.md',
  'examples/*/README.md',
  'bench/README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
];

function slugOf(file: string): string {
  const [pattern, slug] = ADDRESSES.find(([one]) => one.test(file)) ?? [];
  if (!pattern || slug === undefined) throw new Error(`${file} has no address`);
  return file.replace(pattern, slug).toLowerCase();
}

/**
 * The pages that are files of the repository.
 *
 * @returns them, sorted by file
 */
export function sourcesOfFiles(): Source[] {
  const files = globSync(PATTERNS, { cwd: root, exclude: (name) => name.includes('node_modules') });
  const paths = files.map((file) => file.replaceAll('\\', '/')).sort();
  return paths.map((file) => ({ file, slug: slugOf(file), markdown: readFileSync(root + file, 'utf8') }));
}

/**
 * Whether the repository has a file or a folder.
 *
 * @param path - relative to the root
 * @returns whether it is there
 */
export function isInRepository(path: string): boolean {
  return existsSync(root + path);
}
