import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourcesOfChecks } from './checks.ts';
import { sourcesOfDecisions } from './decisions.ts';
import { resolver } from './links.ts';
import { writeTexts } from './llms.ts';
import { type Page, pageOf } from './markdown.ts';
import { sourcesOfReference } from './reference.ts';
import { sourcesOfFiles } from './sources.ts';

// Makes the pages of the site from the Markdown of the repository, and from what programs know.
// Run: pnpm docs:build, which builds the site from them.

const content = fileURLToPath(new URL('../src/content/docs/', import.meta.url));

/** The front page has the whole width, and says first what this is: its first paragraph. */
const heroOf = (tagline: string) => ({
  template: 'splash',
  hero: {
    tagline,
    actions: [
      { text: 'Start', link: 'start/', icon: 'right-arrow' },
      { text: 'Why', link: 'why/', variant: 'minimal' },
    ],
  },
});

function write({ slug, title, description, body, isMdx }: Page): void {
  const isFront = slug === '';
  const file = `${content}${slug || 'index'}.${isMdx ? 'mdx' : 'md'}`;
  const front = { title, description, ...(isFront && heroOf(description)) };
  mkdirSync(dirname(file), { recursive: true });
  // JSON is YAML.
  const text = isFront ? body.trim().replace(/^.*?\n\n/s, '') : body;
  writeFileSync(file, `---\n${JSON.stringify(front)}\n---\n${text}`);
}

const files = sourcesOfFiles();
const sources = [...files, ...sourcesOfChecks(), ...sourcesOfDecisions(files), ...(await sourcesOfReference())];
const resolve = resolver(sources);
const pages = sources.map((source) => pageOf(source, resolve));

rmSync(content, { recursive: true, force: true });
for (const page of pages) write(page);
writeTexts(pages);
console.log(`${pages.length} pages`);
