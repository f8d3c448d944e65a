import type { Resolve } from './links.ts';
import type { Source } from './sources.ts';

/** A page as Starlight reads it. */
export interface Page {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  /** Without its title. */
  readonly body: string;
  /** Whether it has tabs or components, which plain Markdown does not know. */
  readonly isMdx: boolean;
}

/** A fenced block. */
const FENCED = /^ *(`{3,})[^\n]*\n[\s\S]*?^ *\1`*$/gm;

/** All code: a fenced block, or code in a line. */
const CODE = /^ *(`{3,})[^\n]*\n[\s\S]*?^ *\1`*$|(?<!`)(`+)(?!`)[\s\S]*?[^`]\2(?!`)/gm;

/** Changes the text of a page, and leaves its code alone. */
function outside(code: RegExp, markdown: string, change: (text: string) => string): string {
  let end = 0;
  let changed = '';
  for (const match of markdown.matchAll(code)) {
    changed += change(markdown.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return changed + change(markdown.slice(end));
}

/** The title, which Starlight wants apart, and what follows. */
function splitTitle(markdown: string, file: string): [title: string, rest: string] {
  const match = /^# (.*)\n/m.exec(markdown);
  if (!match?.[1]) throw new Error(`${file} has no title`);
  return [match[1].replaceAll('`', ''), markdown.slice(match.index + match[0].length)];
}

/** The first paragraph as plain text, for search engines and for llms.txt. */
function descriptionOf(body: string): string {
  const paragraph =
    body
      .replace(/^import .*$/gm, '')
      .split(/\n{2,}/)
      .find((one) => /^[A-Za-z*`[]/.test(one.trim())) ?? '';
  const text = paragraph.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
  return text.replace(/\s+/g, ' ').trim();
}

/** Links that lead to no page become their text. The label may hold code: `[@etag/core](../core)`. */
function withLinks(text: string, source: Source, resolve: Resolve): string {
  const inline = text.replace(/\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g, (_, label, target) => {
    const address = resolve(target, source);
    return address === null ? label : `[${label}](${address})`;
  });
  return inline.replace(/(?<=^\[[^\]]+\]: )\S+$/gm, (target) => resolve(target, source) ?? target);
}

/** Tabs in Markdown: a heading for each, between two comments, so that the file reads well without the site. */
const TABS = /<!-- tabs -->\n(.*?)<!-- \/tabs -->/gs;

function asTabs(section: string): string {
  const [, ...tabs] = section.split(/^#{3,6} (?=\S)/m);
  const items = tabs.map((tab) => {
    const end = tab.indexOf('\n');
    return `<TabItem label="${tab.slice(0, end)}">\n${tab.slice(end)}\n</TabItem>`;
  });
  return `<Tabs syncKey="framework">\n${items.join('\n')}\n</Tabs>\n`;
}

/** `<!-- component: LostUpdate -->` */
const COMPONENT = /<!-- component: (\w+) -->/g;

/** What MDX would read as a tag or as an expression, other than what was put there for it. */
function escaped(text: string): string {
  return text.replace(/[{}]/g, '\\$&').replace(/<(?!\/?[A-Z]\w*[ >/])/g, '&lt;');
}

/** Comments hold what is for programs: markers of tables, and what an example needs to be checked. */
const COMMENT = /<!--.*?-->\n?/gs;

function asMdx(markdown: string): string {
  const components = [...new Set([...markdown.matchAll(COMPONENT)].map(([, name]) => name))];
  const imports = [
    "import { Tabs, TabItem } from '@astrojs/starlight/components';",
    ...components.map((name) => `import ${name} from '@components/${name}.astro';`),
  ];
  const placed = markdown.replace(TABS, (_, section) => asTabs(section)).replace(COMPONENT, '<$1 />');
  const bare = outside(FENCED, placed, (text) => text.replace(COMMENT, ''));
  return `${imports.join('\n')}\n\n${outside(CODE, bare, escaped)}`;
}

/**
 * Makes a page of Markdown.
 *
 * @param source - where it comes from
 * @param resolve - what links become
 * @returns the page
 */
export function pageOf(source: Source, resolve: Resolve): Page {
  const [title, rest] = splitTitle(source.markdown, source.file);
  const linked = outside(FENCED, rest, (text) => withLinks(text, source, resolve));
  const isMdx = /<!-- (tabs|component: \w+) -->/.test(linked);
  const body = isMdx ? asMdx(linked) : outside(FENCED, linked, (text) => text.replace(COMMENT, ''));
  return { slug: source.slug, title, description: descriptionOf(body), body, isMdx };
}
