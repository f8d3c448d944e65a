import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from './markdown.ts';

// What programs read: https://llmstxt.org.

const folder = fileURLToPath(new URL('../public/', import.meta.url));

/** The sections of llms.txt, by the first part of the address. */
const SECTIONS: readonly [title: string, pattern: RegExp][] = [
  ['Start', /^(start|why|try)\b/],
  ['Guides', /^(guides|migrate)\b|^(behind-your-proxy|optimistic-locking|what-happened|stores)$/],
  ['Packages', /^packages\b/],
  ['Reference', /^(reference|conformance|errors|performance|engines|origins|doctor)\b/],
  ['Optional', /./],
];

/** A page as plain Markdown: without imports and tags of components. */
function textOf({ title, body }: Page): string {
  const text = body.replace(/^import .*\n/gm, '').replace(/^<TabItem label="(.*)">$/gm, '**$1**');
  return `# ${title}\n\n${text.replace(/^<\/?(Tabs|TabItem|[A-Z]\w*)\b[^>]*>\n?/gm, '').trim()}\n`;
}

/**
 * Writes `llms.txt`, a list of the pages, and `llms-full.txt`, what they say.
 *
 * @param pages - all pages
 */
export function writeTexts(pages: readonly Page[]): void {
  const rest = new Set(pages.filter(({ slug }) => slug !== ''));
  const sections = SECTIONS.map(([title, pattern]) => {
    const members = [...rest].filter(({ slug }) => pattern.test(slug));
    for (const member of members) rest.delete(member);
    const items = members.map(({ slug, title: name, description }) => `- [${name}](${slug}/): ${description}`);
    return `## ${title}\n\n${items.join('\n')}\n`;
  });
  const front = pages.find(({ slug }) => slug === '');
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}llms.txt`, `# @etag\n\n> ${front?.description}\n\n${sections.join('\n')}`);
  const full = pages.filter(({ slug }) => !/^(reference|decisions|checks)\//.test(slug));
  writeFileSync(`${folder}llms-full.txt`, full.map(textOf).join('\n---\n\n'));
}
