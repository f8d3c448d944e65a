import { expect, test } from 'vitest';
import { parseCacheControl } from './cache-control.ts';

test.each<[fieldValue: string | undefined, directives: Record<string, string>]>([
  [undefined, {}],
  ['', {}],
  ['no-store', { 'no-store': '' }],
  ['No-Store, MAX-AGE=60', { 'no-store': '', 'max-age': '60' }],
  ['max-age="60"', { 'max-age': '60' }],
  ['max-age=60,no-cache', { 'max-age': '60', 'no-cache': '' }],
  [' max-age=60\t,\tpublic ', { 'max-age': '60', public: '' }],
  ['max-age=1, max-age=100', { 'max-age': '1' }],
  ['private="set-cookie, no-store", public', { private: 'set-cookie, no-store', public: '' }],
  ['a="\\"no-store", b', { a: '\\"no-store', b: '' }],
  [',, max-age=5,,', { 'max-age': '5' }],
  // Of what is malformed, rather a directive too many.
  ['private="set-cookie, no-store', { private: '', 'set-cookie': '', 'no-store': '' }],
  ['max-age = 60', { 'max-age': '', '60': '' }],
])('RFC 9111 §5.2 %j', (fieldValue, directives) => {
  expect(Object.fromEntries(parseCacheControl(fieldValue))).toEqual(directives);
});
