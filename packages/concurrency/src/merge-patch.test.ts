import { expect, test } from 'vitest';
import { mergePatch } from './merge-patch.ts';

// The rules of RFC 7396 §2, one by one: the target, the patch and what they come to.
test.each<[rule: string, target: unknown, patch: unknown, expected: unknown]>([
  ['a member takes the place of one of the same name', { a: 1 }, { a: 2 }, { a: 2 }],
  ['a new member is added, and the others stay', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  ['null removes a member', { a: 1, b: 2 }, { a: null }, { b: 2 }],
  ['null for a member that is not there does nothing', { a: 1 }, { b: null }, { a: 1 }],
  ['null in the target stays', { a: null }, { b: 1 }, { a: null, b: 1 }],
  ['objects are merged', { a: { b: 1, c: 2 } }, { a: { b: 3, c: null } }, { a: { b: 3 } }],
  ['an array is replaced as a whole', { a: [1, 2] }, { a: [{ b: null }] }, { a: [{ b: null }] }],
  ['an object takes the place of an array', { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
  ['nulls are dropped from what is new as well', {}, { a: { b: { c: null } } }, { a: { b: {} } }],
  ['a patch that is not an object is the new content', { a: 1 }, [1], [1]],
  ['so is null', { a: 1 }, null, null],
  ['so is text', { a: 1 }, 'text', 'text'],
  ['what is not an object is taken for an empty one', 'text', { a: 1 }, { a: 1 }],
  ['so is nothing', undefined, { a: 1, b: null }, { a: 1 }],
])('%s', (_, target, patch, expected) => {
  const [targetBefore, patchBefore] = [JSON.stringify(target), JSON.stringify(patch)];
  expect(mergePatch(target, patch)).toEqual(expected);
  expect([JSON.stringify(target), JSON.stringify(patch)]).toEqual([targetBefore, patchBefore]);
});

test('a member called __proto__ is a member', () => {
  const merged = mergePatch({}, JSON.parse('{"__proto__":{"isAdmin":true}}'));
  expect(JSON.stringify(merged)).toBe('{"__proto__":{"isAdmin":true}}');
  expect((merged as { isAdmin?: boolean }).isAdmin).toBeUndefined();
});
