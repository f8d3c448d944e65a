import { describe, expect, test } from 'vitest';
import { confirmedFields, storedFields, updatedFields, verdictOn } from './freshen.ts';

const DATE = 'Sat, 21 Nov 2026 11:11:53 GMT';
const LATER = 'Sat, 21 Nov 2026 11:11:54 GMT';

describe('RFC 9111 §4.3.4 which stored response a 304 is about', () => {
  const tag = (etag: string) => ({ etag });
  const modified = (date: string) => ({ 'last-modified': date });
  test.each<[what: string, stored: Record<string, string>, received: Record<string, string>, verdict: string]>([
    ['the same strong tag', tag('"a"'), tag('"a"'), 'updates'],
    ['another strong tag', tag('"a"'), tag('"b"'), 'contradicts'],
    ['the same weak tag', tag('W/"a"'), tag('W/"a"'), 'updates'],
    ['a weak tag, stored strong', tag('"a"'), tag('W/"a"'), 'updates'],
    ['a strong tag, stored weak (nginx)', tag('W/"a"'), tag('"a"'), 'confirms'],
    ['another weak tag', tag('"a"'), tag('W/"b"'), 'contradicts'],
    ['the tag of a coding (hapi)', tag('"a"'), tag('"a-gzip"'), 'confirms'],
    ['the tag without the coding (Apache)', tag('"a-gzip"'), tag('"a"'), 'confirms'],
    ['the tag without the coding (Jetty)', tag('"a--gzip"'), tag('"a"'), 'confirms'],
    ['the tag of another coding', tag('"a-br"'), tag('"a-gzip"'), 'contradicts'],
    ['a suffix of no coding', tag('"a"'), tag('"a-1"'), 'contradicts'],
    ['a tag, stored without one', modified(DATE), tag('"a"'), 'contradicts'],
    [
      'a tag with the same date, stored without a tag',
      modified(DATE),
      { ...tag('"a"'), ...modified(DATE) },
      'confirms',
    ],
    [
      'a tag with another date, stored without a tag',
      modified(DATE),
      { ...tag('"a"'), ...modified(LATER) },
      'contradicts',
    ],
    ['no validator', tag('"a"'), {}, 'updates'],
    [
      'the same tag, and another date',
      { ...tag('"a"'), ...modified(DATE) },
      { ...tag('"a"'), ...modified(LATER) },
      'updates',
    ],
    [
      'another tag, and the same date',
      { ...tag('"a"'), ...modified(DATE) },
      { ...tag('"b"'), ...modified(DATE) },
      'contradicts',
    ],
    ['the same date', modified(DATE), modified(DATE), 'updates'],
    ['the same date in another format', modified(DATE), modified('Sat Nov 21 11:11:53 2026'), 'updates'],
    ['another date', modified(DATE), modified(LATER), 'contradicts'],
    ['the same date alone, stored with a tag', { ...tag('"a"'), ...modified(DATE) }, modified(DATE), 'updates'],
    ['a date, stored without one', tag('"a"'), modified(DATE), 'contradicts'],
    ['what is not a tag, the same', tag('a'), tag('a'), 'updates'],
    ['what is not a tag, another', tag('a'), tag('b'), 'contradicts'],
    ['what is not a tag, stored as one', tag('"a"'), tag('a'), 'contradicts'],
    ['what are no dates, the same', modified('yesterday'), modified('yesterday'), 'updates'],
    ['what are no dates, others', modified('yesterday'), modified('today'), 'contradicts'],
  ])('%s', (_, stored, received, verdict) => {
    expect(verdictOn(stored, received)).toBe(verdict);
  });
});

describe('RFC 9111 §3.2 updating', () => {
  test('a field replaces that of its name, a new one is added, others stay', () => {
    expect(updatedFields({ a: '1', b: '1' }, { b: '2', c: '2' })).toEqual({ a: '1', b: '2', c: '2' });
  });

  test('a 304 that confirms brings the times and how long it holds, and nothing else', () => {
    const stored = { etag: 'W/"a"', age: '500', 'cache-control': 'max-age=1', 'x-a': '1' };
    const received = { etag: '"a"', 'cache-control': 'max-age=60', date: DATE, expires: LATER, 'x-a': '2' };
    const { 'cache-control': control, date, expires } = received;
    expect(confirmedFields(stored, received)).toEqual({
      etag: 'W/"a"',
      'cache-control': control,
      date,
      expires,
      'x-a': '1',
    });
  });

  test('the age of an answer is that of the one that came last', () => {
    expect(updatedFields({ age: '500' }, {})).toEqual({});
    expect(updatedFields({ age: '500' }, { age: '1' })).toEqual({ age: '1' });
  });

  test.each(['content-encoding', 'content-length', 'content-range'])(
    '%s describes the stored content, and stays',
    (name) => {
      expect(updatedFields({ [name]: 'stored' }, { [name]: 'received' })).toEqual({ [name]: 'stored' });
      expect(updatedFields({}, { [name]: 'received' })).toEqual({});
    },
  );

  test('other fields with content- in their name are updated', () => {
    expect(updatedFields({ 'content-type': 'a/b' }, { 'content-type': 'c/d' })).toEqual({ 'content-type': 'c/d' });
  });
});

test('RFC 9111 §3.1 fields that are not stored', () => {
  const headers = new Headers({
    Connection: 'keep-alive, X-Listed',
    'X-Listed': '1',
    'Keep-Alive': 'timeout=5',
    'Proxy-Authenticate': 'Basic',
    Trailer: 'x',
    Upgrade: 'h2c',
    'Set-Cookie': 'session=secret',
    'X-Kept': '2',
    __proto__: 'x',
  });
  expect(storedFields(headers)).toEqual({ 'x-kept': '2' });
});
