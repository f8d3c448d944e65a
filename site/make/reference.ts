import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Application, type TypeDocOptions } from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { folders, manifestOf } from '../../tools/manifests.ts';
import { root, type Source } from './sources.ts';

// The reference: what each entry of a published package exports, from the comments in its source.

/** The files of all entries, such as `core/src/openapi.ts`, and what follows `@etag/` in the name that users import. */
const entries = new Map(
  folders.flatMap((folder) => {
    const { name, exports } = manifestOf(folder);
    return Object.entries(exports).map(([path, file]) => [
      join(folder, String(file)),
      name.slice('@etag/'.length) + path.slice('.'.length),
    ]);
  }),
);

const OPTIONS: TypeDocOptions & Partial<PluginOptions> = {
  entryPoints: [...entries.keys()].map((file) => join(root, 'packages', file)),
  tsconfig: join(root, 'tsconfig.json'),
  plugin: ['typedoc-plugin-markdown'],
  // The sources are checked by `pnpm typecheck`.
  skipErrorChecking: true,
  logLevel: 'Error',
  readme: 'none',
  router: 'module',
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  // The address of a line is not known here.
  disableSources: true,
  githubPages: false,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  pageTitleTemplates: { module: ({ name }: { name: string }) => `@etag/${name}` },
};

/** TypeDoc names a module by the path of its source: `core/src/openapi`, `core/src` for an index. */
const entryOf = (moduleName: string) => entries.get(`${moduleName}.ts`) ?? entries.get(`${moduleName}/index.ts`);

/** Writes a page for each entry. */
async function write(folder: string): Promise<void> {
  const app = await Application.bootstrapWithPlugins({ ...OPTIONS, out: folder } as TypeDocOptions);
  const project = await app.convert();
  for (const module of project?.children ?? []) module.name = entryOf(module.name) ?? module.name;
  if (project) await app.generateOutputs(project);
  if (!project || app.logger.hasErrors()) throw new Error('The reference cannot be made');
}

/**
 * TypeDoc counts what is alike without its dots: after `DenoKv.atomic()`, `DenoKvAtomic` is a second one to it. A link to a heading
 * that stands once on the page leads to that.
 */
function withAnchors(markdown: string): string {
  const headings = [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => slugOf(text));
  return markdown.replace(/\(#([\w-]+)-\d+\)/g, (link, name) =>
    headings.filter((heading) => heading === name).length === 1 ? `(#${name})` : link,
  );
}

const slugOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');

/** What TypeDoc wrote of an entry, after a first paragraph. */
function pageOf(name: string, markdown: string): string {
  const [folder = '', ...path] = name.split('/');
  const readme = `${'../'.repeat(path.length + 2)}packages/${folder}/README.md`;
  const intro = `What \`@etag/${name}\` exports. How to use it is in [the README](${readme}) of \`@etag/${folder}\`.`;
  return withAnchors(markdown).replace(/^# .*\n/, (title) => `${title}\n${intro}\n`);
}

/** The page of all entries. */
function listOf(names: readonly string[]): string {
  const items = names.map((name) => `- [\`@etag/${name}\`](${name}.md)`);
  return `# Reference\n\nWhat each package exports, from the comments in its source.\n\n${items.join('\n')}\n`;
}

/**
 * A page for each entry of a published package, and the list of them.
 *
 * @returns the pages
 * @throws Error - TypeDoc finds a fault
 */
export async function sourcesOfReference(): Promise<Source[]> {
  const folder = mkdtempSync(join(tmpdir(), 'reference-'));
  try {
    await write(folder);
    const names = [...entries.values()].sort();
    const pages = names.map((name) => ({
      file: `docs/reference/${name}.md`,
      slug: `reference/${name}`,
      markdown: pageOf(name, readFileSync(join(folder, `${name}.md`), 'utf8')),
    }));
    return [{ file: 'docs/reference/README.md', slug: 'reference', markdown: listOf(names) }, ...pages];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
