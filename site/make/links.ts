import { posix } from 'node:path';
import { isInRepository, type Source } from './sources.ts';

/** The address of the repository, where it is known: a workflow says it. Nothing is invented here. */
const repository =
  process.env.GITHUB_REPOSITORY &&
  `${process.env.GITHUB_SERVER_URL ?? 'https://github.com'}/${process.env.GITHUB_REPOSITORY}`;

/** From one page to another, so that it holds under any base path. */
function between(from: string, to: string): string {
  const path = posix.relative(`/${from}`, `/${to}`);
  return path === '' ? './' : `${path}/`;
}

/** What a link of a file becomes on its page: an address, or null where it leads to no page and the repository is unknown. */
export type Resolve = (target: string, from: Source) => string | null;

/**
 * Makes the links between files links between pages.
 *
 * @param sources - all pages
 * @returns what a link becomes
 * @throws Error - a link leads to nothing, neither on the site nor in the repository
 */
export function resolver(sources: readonly Source[]): Resolve {
  const slugs = new Map(sources.map(({ file, slug }) => [file, slug]));
  return (target, { file, slug }) => {
    if (/^([a-z]+:|#|\/\/)/.test(target)) return target;
    const [path = '', anchor] = target.split('#');
    const wanted = posix.join(posix.dirname(file), path).replace(/\/$/, '');
    const page = slugs.get(wanted) ?? slugs.get(`${wanted}/README.md`);
    const hash = anchor === undefined ? '' : `#${anchor}`;
    if (page !== undefined) return between(slug, page) + hash;
    if (!isInRepository(wanted)) throw new Error(`${file}: ${target} leads nowhere`);
    return repository ? `${repository}/blob/HEAD/${wanted}${hash}` : null;
  };
}
