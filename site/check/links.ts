import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Every link and every source of the built site leads to a file of it, and to an id in that file.
// Run: pnpm docs:build, which does this last.

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const base = process.env.SITE_BASE ?? '/';

const files = new Set(globSync('**/*', { cwd: dist }).map((file) => file.replaceAll('\\', '/')));
const pages = [...files].filter((file) => file.endsWith('.html'));

/** The tags of a page with their attributes, unescaped. Text is escaped, so that no tag is found in code. */
function attributesOf(html: string, names: string): string[] {
  const tags = html.replace(/<(script|style)\b[^>]*>.*?<\/\1>/gs, '').match(/<[a-zA-Z][^>]*>/g) ?? [];
  const pattern = new RegExp(`\\s(?:${names})="([^"]*)"`, 'g');
  return tags.flatMap((tag) =>
    [...tag.matchAll(pattern)].map(([, value = '']) => value.replaceAll('&amp;', '&').replaceAll('&#38;', '&')),
  );
}

const htmlOf = new Map(pages.map((page) => [page, readFileSync(dist + page, 'utf8')]));
const idsOf = new Map([...htmlOf].map(([page, html]) => [page, new Set(attributesOf(html, 'id'))]));

/** Why a link leads nowhere; null if it leads somewhere, or out of the site. */
function brokenBecause(link: string, page: string): string | null {
  const address = new URL(page.replace(/index\.html$/, ''), `http://site${base.replace(/\/?$/, '/')}`);
  const { origin, pathname, hash } = new URL(link, address);
  if (origin !== 'http://site') return null;
  if (!pathname.startsWith(base)) return 'outside the base';
  const path = decodeURIComponent(pathname.slice(base.replace(/\/?$/, '/').length));
  const file = path === '' || path.endsWith('/') ? `${path}index.html` : path;
  if (!files.has(file)) return 'no such page';
  const id = decodeURIComponent(hash.slice(1));
  return id === '' || id === '_top' || idsOf.get(file)?.has(id) ? null : 'no such anchor';
}

let count = 0;
let broken = 0;
for (const [page, html] of htmlOf) {
  // The page of a 404 is served under any address.
  if (page === '404.html') continue;
  for (const link of attributesOf(html, 'href|src')) {
    count += 1;
    const why = brokenBecause(link, page);
    if (why === null) continue;
    broken += 1;
    console.log(`${page}: ${link}: ${why}`);
  }
}
const listed = [...readFileSync(`${dist}llms.txt`, 'utf8').matchAll(/^- \[.*?\]\((.*?)\)/gm)].map(
  ([, link = '']) => link,
);
for (const link of listed) {
  count += 1;
  const why = brokenBecause(link, 'index.html');
  if (why === null) continue;
  broken += 1;
  console.log(`llms.txt: ${link}: ${why}`);
}
console.log(`${pages.length} pages, ${count} links, ${broken} broken`);
if (broken > 0 || count === 0) process.exitCode = 1;
