import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

// What has nothing to do with a framework is in each example, so that each can be read, and copied, alone.
it.each(['note.ts', 'problem.ts', 'server.ts', 'store.ts'])('%s is the same in every example that has it', (file) => {
  const paths = frameworks
    .filter((framework) => file !== 'store.ts' || framework !== 'workers')
    .map((framework) => new URL(`../../notes-${framework}/src/${file}`, import.meta.url))
    .filter(existsSync);
  expect(paths.length).toBeGreaterThan(1);
  const [first, ...others] = paths.map((path) => readFileSync(path, 'utf8'));
  for (const other of others) expect(other).toBe(first);
});
