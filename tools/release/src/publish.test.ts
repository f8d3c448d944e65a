import { expect, it } from 'vitest';
import { manifestOf } from '../../manifests.ts';
import type { Packed } from './pack.ts';
import { inOrder } from './publish.ts';

const packed = (name: string, ...dependencies: string[]): Packed => ({
  folder: name,
  tarball: '',
  manifest: {
    name,
    version: '1.0.0',
    exports: manifestOf('core').exports,
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '^1.0.0'])),
  },
});
const namesOf = (items: readonly Packed[]) => inOrder(items).map((group) => group.map(({ folder }) => folder));

it('publishes a package after those that it depends on', () => {
  expect(namesOf([packed('c', 'b', 'koa'), packed('b', 'a'), packed('a'), packed('d')])).toEqual([
    ['a', 'd'],
    ['b'],
    ['c'],
  ]);
});

it('refuses packages that need each other', () => {
  expect(() => namesOf([packed('a', 'b'), packed('b', 'a')])).toThrow('need each other: a, b');
});
