import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the examples of the README run, one after the other, and print what they say', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const program = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code).join('');
  const run = ['--input-type=module-typescript', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, run, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  });
  const printed = stdout.split('\n');
  const promised = [...program.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, line]) => line);
  expect(promised).toHaveLength(6);
  for (const line of promised) expect(printed).toContain(line);
});
