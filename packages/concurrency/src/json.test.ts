import { jsonOf } from '@etag/core';
import { expect, test } from 'vitest';
import { fromJson } from './json.ts';

test.each([{ a: [1, null, 'x'] }, null, 'text', 0, [], true])('%j comes back', (value) => {
  expect(fromJson(jsonOf(value), 'It')).toEqual(value);
});

test('what is not JSON is named, with what the parser says as its cause', () => {
  expect(() => fromJson('x', 'The blob of "a"')).toThrow('The blob of "a" is not of this store: it is not JSON');
  expect(() => fromJson('x', 'It')).toThrow(expect.objectContaining({ cause: expect.any(SyntaxError) }));
});
