import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checksPage, pages } from '../test/page.ts';
import { checks } from './checks.ts';

it.each(pages)('$file says what the checks say; node packages/doctor/test/page.ts writes it', ({ file, make }) => {
  const text = readFileSync(file, 'utf8');
  expect(text).toBe(make(text));
});

it('each check has a section, and an anchor in the README that reports link to', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const { id } of checks) {
    expect(checksPage()).toContain(`\n### ${id}\n`);
    expect(readme).toContain(`<a id="${id}"></a>`);
  }
});

it('ids are unique and stable in form', () => {
  const ids = checks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z0-9]+)+$/);
});
