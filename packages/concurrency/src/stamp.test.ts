import { expect, test } from 'vitest';
import { stamped } from './stamp.ts';

test('what is stamped is the same JSON, and never the same bytes', () => {
  const stamps = Array.from({ length: 1000 }, () => stamped('{"a":1}'));
  expect(new Set(stamps).size).toBe(1000);
  for (const text of stamps) {
    expect(text).toHaveLength('{"a":1}'.length + 64);
    expect(JSON.parse(text)).toEqual({ a: 1 });
  }
});
