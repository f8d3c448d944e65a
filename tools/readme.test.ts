import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { adapters } from './adapters.ts';

// Examples that stand alone: each is run as a program, on the sources, and prints what it says. (Those of core, concurrency
// and client build on each other, and are run beside them; those of Nest have to be compiled, and are too.)

async function run(program: string, folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '--eval', program],
    {
      cwd: fileURLToPath(new URL(folder, import.meta.url)),
    },
  );
  return stdout.split('\n').slice(0, -1);
}

const ofAdapters = adapters
  .filter(({ name }) => name !== 'nestjs')
  .map(({ name }) => ({ readme: `../packages/${name}/README.md`, folder: `../packages/${name}` }));

describe.each([
  // The root's example imports what that of Hono has installed.
  { readme: '../README.md', folder: '../examples/notes-hono' },
  ...ofAdapters,
])('$readme', ({ readme, folder }) => {
  const text = readFileSync(new URL(readme, import.meta.url), 'utf8');
  const examples = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

  it('has examples', () => {
    expect(examples).not.toEqual([]);
  });

  it.each(examples)('runs, and prints what it says: %s', async (code) => {
    const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, line]) => line);
    expect(await run(code.replace("'notes.sqlite'", "':memory:'"), folder)).toEqual(promised);
  });
});
