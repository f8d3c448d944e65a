import { absent, any, exists, oneOf } from '@etag/core';
import { expect, test } from 'vitest';
import { checkCurrent, refusalOf } from './current.ts';

test.each([null, { version: '7' }, { version: '7', modified: 0 }, { version: '7', modified: undefined }])(
  'an engine may say %j',
  (current) => {
    expect(() => checkCurrent(current)).not.toThrow();
    expect(refusalOf(any, current)).toBeNull();
  },
);

test.each<[current: object, message: string]>([
  [{}, 'The engine gave a version that is not one: undefined (undefined)'],
  [{ version: 7 }, 'The engine gave a version that is not one: 7 (number)'],
  [{ version: '' }, 'The engine gave a version that is not one:  (string)'],
  [{ version: '7', modified: Number.NaN }, 'The engine gave a modification time that is not in ms: NaN'],
  [{ version: '7', modified: null }, 'The engine gave a modification time that is not in ms: null'],
])('%o is a mistake of the engine, whatever is expected', (current, message) => {
  expect(() => checkCurrent(current as never)).toThrow(new TypeError(message));
  expect(() => refusalOf(any, current as never)).toThrow(new TypeError(message));
});

test('a write is refused for what does not hold', () => {
  const current = { version: '7', modified: 5 };
  expect(refusalOf(oneOf('7'), current)).toBeNull();
  expect(refusalOf(oneOf('6'), current)).toMatchObject({ kind: 'stale', current, failed: 'oneOf' });
  expect(refusalOf(absent, current)).toMatchObject({ kind: 'exists', current });
  expect(refusalOf(exists, null)).toMatchObject({ kind: 'missing' });
});
