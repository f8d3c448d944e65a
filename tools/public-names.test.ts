import ts from 'typescript';
import { expect, it } from 'vitest';
import { entries, exportsOf } from './public-api.ts';

// What users can name. A change here is a change that they see: `pnpm test public-names -u` writes the file anew.
it('the public names are those of public-names.txt', async () => {
  const sections = entries.map((entry) => {
    const names = exportsOf(entry).map(([name, { flags }]) => (flags & ts.SymbolFlags.Value ? name : `${name} (type)`));
    return [entry.name, ...names.map((name) => `  ${name}`), ''].join('\n');
  });
  await expect(sections.join('\n')).toMatchFileSnapshot('public-names.txt');
});
