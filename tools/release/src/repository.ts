import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where the sources of a release can be read. */
export interface Repository {
  /** The page of the repository: `https://github.com/owner/name`. */
  readonly url: string;
  /** The commit that is released: links of a README go to the files as they were then. */
  readonly commit: string;
}

/**
 * The repository of the workflow that runs. Nothing is written down here: npm refuses a provenance statement for a package that
 * names another repository.
 *
 * @param environment - the variables of the process
 * @returns the repository and the commit
 * @throws Error - where GITHUB_SERVER_URL, GITHUB_REPOSITORY or GITHUB_SHA is missing
 */
export function repositoryOf(environment: NodeJS.ProcessEnv): Repository {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name, GITHUB_SHA: commit } = environment;
  if (!server || !name || !commit) {
    throw new Error('A release needs GITHUB_SERVER_URL, GITHUB_REPOSITORY and GITHUB_SHA, as the workflow has them.');
  }
  return { url: `${server}/${name}`, commit };
}

/**
 * The fields that say on npm where a package comes from.
 *
 * @param folder - of the package, from the root of the repository
 * @param repository - where it is
 * @returns `repository`, `homepage` and `bugs` of a package.json
 */
export function originOf(folder: string, { url }: Repository) {
  return {
    repository: { type: 'git', url: `git+${url}.git`, directory: folder },
    homepage: `${url}/tree/HEAD/${folder}#readme`,
    bugs: { url: `${url}/issues` },
  };
}

/** What is not prose: blocks and spans of code. */
const CODE = /(^```[\s\S]*?^```|`[^`\n]*`)/m;

/** The target of a link that is relative: `](../core)`, `[core]: ../core`, `href="../core"`. */
const RELATIVE = /(\]\(|^\[[^\]]+\]: |(?:href|src)=")(?![a-z]+:|#|\/)([^)\s"]+)/gm;

/**
 * Makes the relative links of a README absolute: on npm they lead nowhere.
 *
 * @param readme - the text
 * @param folder - of the package, from the root of the repository
 * @param repository - where it is
 * @param root - the folder of the repository on this disk
 * @returns the text, with links to the files at the commit of the release
 * @throws Error - for a link to what does not exist
 */
export function withAbsoluteLinks(readme: string, folder: string, { url, commit }: Repository, root: string): string {
  const absolute = (_: string, opening: string, link: string) => {
    const [path = '', anchor] = link.split('#');
    const target = join(folder, path).replaceAll('\\', '/').replace(/\/$/, '');
    const file = join(root, target);
    if (!existsSync(file)) throw new Error(`${folder}/README.md links to ${link}, which does not exist`);
    const kind = statSync(file).isDirectory() ? 'tree' : 'blob';
    return `${opening}${url}/${kind}/${commit}/${target}${anchor ? `#${anchor}` : ''}`;
  };
  return readme
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(RELATIVE, absolute)))
    .join('');
}
