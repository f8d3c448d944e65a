import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourcesOfChecks } from './checks.ts';
import { sourcesOfDecisions } from './decisions.ts';
import { resolver } from './links.ts';
import { writeTexts } from './llms.ts';
import { type Page, pageOf } from './markdown.ts';
import { sourcesOfFiles } from './sources.ts';

// Makes the pages of the site from the Markdown of the repository, and from what programs know.
// Run: pnpm docs:build, which builds the site from them.

const content = fileURLToPath(new URL('../src/content/docs/', import.meta.url));

/** The front page has the whole width, and says first what this is. */
const HERO = {
  template: 'splash',
  hero: {
    tagline: 'Reads that cost nothing when nothing changed, writes that never overwrite somebody else’s work.',
    actions: [
      { text: 'Start', link: 'start/', icon: 'right-arrow' },
      { text: 'Why', link: 'why/', variant: 'minimal' },
    ],
  },
};

function write({ slug, title, description, body, isMdx }: Page): void {
  const file = `${content}${slug || 'index'}.${isMdx ? 'mdx' : 'md'}`;
  const front = { title, description, ...(slug === '' ? HERO : {}) };
  mkdirSync(dirname(file), { recursive: true });
  // JSON is YAML.
  writeFileSync(file, `---\n${JSON.stringify(front)}\n---\n${body}`);
}

const files = sourcesOfFiles();
const sources = [...files, ...sourcesOfChecks(), ...sourcesOfDecisions(files)];
const resolve = resolver(sources);
const pages = sources.map((source) => pageOf(source, resolve));

rmSync(content, { recursive: true, force: true });
for (const page of pages) write(page);
writeTexts(pages);
console.log(`${pages.length} pages`);
