import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// Each fault that was met in the field is held by a test, which the table names.

const root = new URL('../../../', import.meta.url);
const table = readFileSync(new URL('../field.md', import.meta.url), 'utf8');

interface Line {
  readonly fault: string;
  readonly file: string;
  readonly title: string;
}

/** The lines of a section of the table. */
function linesOf(section: string): Line[] {
  return [...section.matchAll(/^\| (.+) \| (\S+\.ts) \| (.+) \|$/gm)].map(([, fault = '', file = '', title = '']) => ({
    fault,
    file,
    title,
  }));
}

/** Whether a source has a title in quotes: that of a test, or that of a row of its data. */
function hasTitle(source: string, title: string): boolean {
  const escaped = title.replaceAll("'", "\\'");
  return [`'${escaped}'`, `"${title}"`, `\`${title}\``].some((quoted) => source.includes(quoted));
}

describe.each(table.split(/^## /m).slice(1))('%#', (section) => {
  const [heading = '', ...rows] = section.trimEnd().split('\n');
  const lines = linesOf(section);

  it('has only lines of three cells', () => {
    expect(rows.filter((row) => row.startsWith('|')).slice(2)).toHaveLength(lines.length);
    expect(lines.length, heading).toBeGreaterThan(0);
  });

  it.each(lines)('$fault', ({ file, title }) => {
    const url = new URL(file, root);
    expect(existsSync(url), file).toBe(true);
    expect(hasTitle(readFileSync(url, 'utf8'), title), `${file} has '${title}'`).toBe(true);
  });
});
