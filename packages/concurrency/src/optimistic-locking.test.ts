import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the examples of docs/optimistic-locking.md run, one after the other, and print what they say', async () => {
  const page = readFileSync(new URL('../../../docs/optimistic-locking.md', import.meta.url), 'utf8');
  const program = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code).join('');
  const run = ['--input-type=module-typescript', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, run, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  });
  const promised = [...program.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, line]) => line);
  expect(stdout.trim().split('\n')).toEqual(promised);
  expect(promised).toHaveLength(6);
});
