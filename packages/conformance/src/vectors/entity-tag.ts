import type { Vector } from '../vector.ts';
import { denied, failed, proceed } from './expectation.ts';

/** The pairs of §8.8.3.2 Table 3, both ways round: sent, current, and whether each comparison finds a match. */
const COMPARISONS = [
  { slug: 'weak-weak', sent: 'W/"1"', current: 'W/"1"', strong: false, weak: true },
  { slug: 'weak-weak-other', sent: 'W/"1"', current: 'W/"2"', strong: false, weak: false },
  { slug: 'weak-strong', sent: 'W/"1"', current: '"1"', strong: false, weak: true },
  { slug: 'strong-weak', sent: '"1"', current: 'W/"1"', strong: false, weak: true },
  { slug: 'strong-strong', sent: '"1"', current: '"1"', strong: true, weak: true },
];

const comparisons: Vector[] = COMPARISONS.flatMap(({ slug, sent, current, strong, weak }) =>
  ['GET', 'HEAD', 'QUERY', 'PUT', 'DELETE'].flatMap((method): Vector[] => [
    {
      id: `compare-${slug}-if-match-${method.toLowerCase()}`,
      section: '8.8.3.2',
      title: `§8.8.3.2 strong comparison: ${sent} in If-Match of ${method} ${strong ? 'matches' : 'does not match'} ${current}`,
      method,
      state: { etag: current },
      headers: [['If-Match', sent]],
      expect: strong ? proceed('if-match', 'matched') : failed('if-match', weak ? 'weak' : 'no-match'),
    },
    {
      id: `compare-${slug}-if-none-match-${method.toLowerCase()}`,
      section: '8.8.3.2',
      title: `§8.8.3.2 weak comparison: ${sent} in If-None-Match of ${method} ${weak ? 'matches' : 'does not match'} ${current}`,
      method,
      state: { etag: current },
      headers: [['If-None-Match', sent]],
      expect: weak ? denied(method, 'if-none-match', 'matched') : proceed('if-none-match', 'no-match'),
    },
  ]),
);

// etagc = %x21 / %x23-7E / obs-text
const TAGS = [
  { slug: 'empty', title: 'an empty tag', tag: '""' },
  { slug: 'comma', title: 'a comma', tag: '"a,b"' },
  { slug: 'commas-only', title: 'nothing but commas', tag: '",,"' },
  { slug: 'semicolon', title: 'a semicolon', tag: '"a;b"' },
  { slug: 'equals', title: 'a base64 padding', tag: '"YQ=="' },
  { slug: 'backslash', title: 'a backslash', tag: '"a\\b"' },
  { slug: 'backslash-end', title: 'a backslash before the closing quote', tag: '"a\\"' },
  { slug: 'apostrophe', title: 'apostrophes', tag: `"'a'"` },
  { slug: 'slash', title: 'a slash', tag: '"a/b"' },
  { slug: 'weakness-inside', title: 'what looks like a weakness mark', tag: '"W/"' },
  { slug: 'asterisk', title: 'an asterisk', tag: '"*"' },
  { slug: 'pattern', title: 'the special characters of regular expressions', tag: '"^v1.$|(a+)+[b]{2}?"' },
  { slug: 'percent', title: 'a percent sign', tag: '"100%25"' },
  { slug: 'markup', title: 'markup', tag: '"<a&b>"' },
  { slug: 'dashes', title: 'dashes', tag: '"--a--"' },
  { slug: 'coding-suffix', title: 'what looks like the suffix of a coding', tag: '"v1-gzip"' },
  { slug: 'first-and-last', title: 'the first and the last ASCII character allowed', tag: '"!~"' },
  { slug: 'prototype', title: 'the name of an inherited property', tag: '"__proto__"' },
  { slug: 'obs-text', title: 'obs-text', tag: '"\x80\xa0\xff"' },
  { slug: 'latin1', title: 'Latin-1 letters', tag: '"caf\xe9"' },
  { slug: 'long', title: 'a thousand characters', tag: `"${'0123456789'.repeat(100)}"` },
];

const characters: Vector[] = TAGS.flatMap(({ slug, title, tag }): Vector[] => [
  {
    id: `tag-${slug}-if-none-match`,
    section: '8.8.3',
    title: `§8.8.3 a tag may hold ${title}: If-None-Match finds it in a list`,
    method: 'GET',
    state: { etag: tag },
    headers: [['If-None-Match', `"other", ${tag}`]],
    expect: denied('GET', 'if-none-match', 'matched'),
  },
  {
    id: `tag-${slug}-if-match`,
    section: '8.8.3',
    title: `§8.8.3 a tag may hold ${title}: If-Match lets the write through`,
    method: 'PUT',
    state: { etag: tag },
    headers: [['If-Match', tag]],
    expect: proceed('if-match', 'matched'),
  },
]);

const NEAR_MISSES = [
  { slug: 'case', title: 'differs in case', sent: '"V1"', current: '"v1"' },
  { slug: 'prefix', title: 'is the beginning of the current one', sent: '"v1"', current: '"v10"' },
  { slug: 'extension', title: 'begins with the current one', sent: '"v10"', current: '"v1"' },
  { slug: 'suffix', title: 'is the end of the current one', sent: '"1"', current: '"v1"' },
  { slug: 'part-of-list', title: 'is between two commas of the current one', sent: '"b"', current: '"a,b,c"' },
  { slug: 'split-list', title: 'in two parts would make the current one', sent: '"a","b"', current: '"a,b"' },
  { slug: 'spans-elements', title: 'is what stands between two elements', sent: '"a", "b"', current: '","' },
  { slug: 'unescaped', title: 'would be the current one without its backslash', sent: '"a\\b"', current: '"ab"' },
  { slug: 'escaped', title: 'would be the current one with a backslash', sent: '"ab"', current: '"a\\b"' },
  { slug: 'percent-encoded', title: 'is the current one percent-encoded', sent: '"%61"', current: '"a"' },
  { slug: 'leading-zero', title: 'is the same number', sent: '"01"', current: '"1"' },
  { slug: 'exponent', title: 'is the same number in another notation', sent: '"1e1"', current: '"10"' },
  { slug: 'empty', title: 'is empty', sent: '""', current: '"v1"' },
  { slug: 'not-empty', title: 'is not empty as the current one is', sent: '"v1"', current: '""' },
  { slug: 'asterisk', title: 'is a quoted asterisk', sent: '"*"', current: '"v1"' },
  { slug: 'weakness-inside', title: 'has the weakness mark inside', sent: '"W/v1"', current: 'W/"v1"' },
  { slug: 'pattern', title: 'is a pattern that fits the current one', sent: '"v."', current: '"v1"' },
  { slug: 'latin1-case', title: 'differs in the case of a Latin-1 letter', sent: '"\xc9"', current: '"\xe9"' },
  { slug: 'utf8', title: 'is the current one in UTF-8', sent: '"\xc3\xa9"', current: '"\xe9"' },
];

const nearMisses: Vector[] = NEAR_MISSES.flatMap(({ slug, title, sent, current }): Vector[] => [
  {
    id: `near-miss-${slug}-if-none-match`,
    section: '8.8.3.2',
    title: `§8.8.3.2 character by character: no 304 when the tag ${title}`,
    method: 'GET',
    state: { etag: current },
    headers: [['If-None-Match', sent]],
    expect: proceed('if-none-match', 'no-match'),
  },
  {
    id: `near-miss-${slug}-if-match`,
    section: '8.8.3.2',
    title: `§8.8.3.2 character by character: no write when the tag ${title}`,
    method: 'PUT',
    state: { etag: current },
    headers: [['If-Match', sent]],
    expect: failed('if-match', 'no-match'),
  },
]);

/** RFC 9110 §8.8.3: which tags there are, and which of them are equal. */
export const entityTagVectors: Vector[] = [...comparisons, ...characters, ...nearMisses];
