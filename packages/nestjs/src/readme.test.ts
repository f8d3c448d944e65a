import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transformSync } from 'esbuild';
import { expect, it } from 'vitest';

// Each example is run as a program, on the sources, and prints what it says.
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const hooks = new URL('../../../tools/decorators.mjs', import.meta.url).href;
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

it.each(examples)('runs, and prints what it says: %s', async (example) => {
  const promised = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, line]) => line);
  expect(promised).not.toEqual([]);
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
  const { code } = transformSync(example, { loader: 'ts', tsconfigRaw });
  const options = ['--import', hooks, '--input-type=module', '--eval', code];
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd });
  expect(stdout.split('\n').slice(0, -1)).toEqual(promised);
});

it('has its examples', () => {
  expect(examples).toHaveLength(4);
});
