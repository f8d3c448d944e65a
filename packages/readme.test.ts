import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

// Examples that stand alone: each is run as a program, on the sources, and prints what it says. (Core's and concurrency's
// build on each other, and are run beside them.)
const hooks = new URL('./sources.mjs', import.meta.url).href;

async function run(program: string, folder: string): Promise<string[]> {
  const options = ['--import', hooks, '--input-type=module-typescript', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, options, {
    cwd: fileURLToPath(new URL(folder, import.meta.url)),
  });
  return stdout.split('\n').slice(0, -1);
}

describe.each([
  // The root's example imports what @etag/hono has installed.
  { readme: '../README.md', folder: './hono', count: 1 },
  { readme: './fetch/README.md', folder: './fetch', count: 4 },
  { readme: './hono/README.md', folder: './hono', count: 3 },
  { readme: './koa/README.md', folder: './koa', count: 3 },
  { readme: './express/README.md', folder: './express', count: 3 },
  { readme: './fastify/README.md', folder: './fastify', count: 3 },
])('$readme', ({ readme, folder, count }) => {
  const text = readFileSync(new URL(readme, import.meta.url), 'utf8');
  const examples = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

  it('has its examples', () => {
    expect(examples).toHaveLength(count);
  });

  it.each(examples)('runs, and prints what it says: %s', async (code) => {
    const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, line]) => line);
    expect(await run(code.replace("'notes.sqlite'", "':memory:'"), folder)).toEqual(promised);
  });
});
