import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

// What the README of @etag/fetch shows of a framework is what is run here, line by line.

const here = join(import.meta.dirname, '..');
const sources = ['src', 'fixtures'].flatMap((folder) =>
  readdirSync(join(here, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(here, folder, name))
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('.svelte-kit') && statSync(path).isFile()),
);
const run = new Set(sources.flatMap((path) => linesOf(readFileSync(path, 'utf8'))));

function linesOf(code: string): string[] {
  return code.split('\n').map((line) => line.trim().replace(/^export (?=const)/, ''));
}

const readme = readFileSync(join(here, '../../packages/fetch/README.md'), 'utf8');
const examples = [...readme.matchAll(/\*\*(.+?)\*\*[^`]*(?:`[^`]*`[^`]*)*?```typescript\n(.*?)```/gs)];

it('the README has examples of frameworks', () => {
  expect(examples.map(([, name]) => name)).toEqual([
    'h3',
    'Nitro',
    'Elysia',
    'Astro',
    'SvelteKit',
    'React Router',
    'TanStack Start',
    'oRPC',
    'Next',
  ]);
});

it.each(examples.map(([, name, code = '']) => ({ name, code })))('$name: each line of it is run', ({ code }) => {
  expect(linesOf(code).filter((line) => line && !run.has(line))).toEqual([]);
});
