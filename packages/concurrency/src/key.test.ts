import { expect, test } from 'vitest';
import { checkKey, type Key } from './key.ts';

test.each<[key: Key, parts: number | null]>([
  ['a', null],
  ['', null],
  ['🔑', null],
  [['a', 'b'], 2],
  [['', ''], 2],
  [['a'], 1],
  [[], 0],
])('%j is a key of %j parts', (key, parts) => {
  expect(() => checkKey(key, parts)).not.toThrow();
});

test.each<[key: unknown, parts: number | null, message: string]>([
  [7, null, 'Not a key: 7 (number). Give text'],
  [7n, null, 'Not a key: 7 (bigint). Give text'],
  [null, null, 'Not a key: null (object). Give text'],
  [undefined, null, 'Not a key: undefined (undefined). Give text'],
  [['a'], null, 'Not a key: ["a"]. Give text'],
  ['ab', 2, 'Not a key: "ab". Give a list of 2 texts'],
  [['a'], 2, 'Not a key: ["a"]. Give a list of 2 texts'],
  [['a', 'b', 'c'], 2, 'Not a key: ["a","b","c"]. Give a list of 2 texts'],
  [['a', 7], 2, 'Not a key: ["a",7 (number)]. Give a list of 2 texts'],
  [['a', 7n], 2, 'Not a key: ["a",7 (bigint)]. Give a list of 2 texts'],
  [['a', undefined], 2, 'Not a key: ["a",undefined (undefined)]. Give a list of 2 texts'],
  [{ length: 2 }, 2, 'Not a key: [object Object] (object). Give a list of 2 texts'],
  ['a\ud800', null, 'Not a key: "a\\ud800" has a lone surrogate, which UTF-8 cannot keep'],
  [['a', '\udc00'], 2, 'Not a key: ["a","\\udc00"] has a lone surrogate, which UTF-8 cannot keep'],
])('%o is not a key of %j parts', (key, parts, message) => {
  expect(() => checkKey(key as Key, parts)).toThrow(new TypeError(message));
});
