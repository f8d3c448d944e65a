import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

// A type that two files share stands below both: no file of a package imports one that imports it, not even for a type.

const root = join(import.meta.dirname, '..');
const sources = globSync('packages/*/src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
const imports = new Map(
  sources.map((file) => {
    const paths = readFileSync(join(root, file), 'utf8').matchAll(/ from '(\.[^']+)'/g);
    return [resolve(root, file), Array.from(paths, ([, path]) => resolve(root, dirname(file), path as string))];
  }),
);

/** The imports that lead from a file back to it; null where none do. */
function circleFrom(start: string): string[] | null {
  const seen = new Set<string>();
  const search = (file: string, way: string[]): string[] | null => {
    for (const next of imports.get(file) ?? []) {
      if (next === start) return [...way, file, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = search(next, [...way, file]);
      if (found) return found;
    }
    return null;
  };
  return search(start, []);
}

test('no imports go round in a circle', () => {
  expect(imports.size).toBeGreaterThan(300);
  expect([...imports.keys()].flatMap((file) => circleFrom(file) ?? [])).toEqual([]);
});
