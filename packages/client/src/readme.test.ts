import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

test('has its examples', () => {
  expect(examples).toHaveLength(4);
});

test.each(examples)('runs, and prints what it says: %s', async (code) => {
  const run = ['--input-type=module-typescript', '--eval', code];
  const { stdout } = await promisify(execFile)(process.execPath, run, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  });
  const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, line]) => line);
  const printed = stdout.split('\n');
  for (const line of promised) expect(printed).toContain(line);
});
