import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { scenarios } from './scenarios.js';
import { coreOnly, dateVectors, rangeVectors, tagListVectors, vectors } from './vectors.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('counts right', () => {
  const counts = { vectors, rangeVectors, dateVectors, tagListVectors, coreOnly, scenarios };
  for (const [name, { length }] of Object.entries(counts)) {
    expect(readme).toMatch(new RegExp(`\\| \`${name}\` +\\|.*\\| ${length} +\\|`));
  }
});

it('shows ids that exist', () => {
  const ids = new Set(vectors.map(({ id }) => id));
  const shown = [...readme.matchAll(/id === '([^']+)'|^([a-z0-9]+(?:-[a-z0-9]+)+)$/gm)].map(([, a, b]) => a ?? b ?? '');
  expect(shown.length).toBeGreaterThanOrEqual(3);
  for (const id of shown) expect(ids).toContain(id);
});

it('has an example that does what it says', () => {
  const code = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const script = code.replace(/^import .*$/m, '').replaceAll(/: string/g, '');
  const printed: unknown[] = [];
  new Function('vectors', 'console', script)(vectors, { log: (value: unknown) => printed.push(value) });
  const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text);
  expect(promised).toHaveLength(2);
  expect(printed.map(String)).toEqual(promised);
});
