import { describe, expect, it } from 'vitest';
import {
  type EntityTag,
  evaluatePreconditions,
  parseEntityTag,
  parseEntityTagList,
  strongCompare,
  weakCompare,
} from './index.js';

/** Numbers in [0, 1), the same on every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = seeded(9110);
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const many = <T>(max: number, make: () => T): T[] => Array.from({ length: Math.floor(random() * (max + 1)) }, make);

describe('§5.6.1 lists', () => {
  const TAGS: EntityTag[] = ['"a"', 'W/"a"', '"a,b"', '""', '"W/"', '"\xff"', '"*"', '"-"'];
  const SEPARATORS = [',', ', ', ' ,\t', ',,', ' , ,\t,'];
  const ENDS = ['', ' ', '\t', ',', ' ,\t, '];

  it('reads back the tags of a list, whatever stands between them', () => {
    for (let i = 0; i < 1000; i++) {
      const tags = many(6, () => pick(TAGS));
      const list =
        pick(ENDS) + tags.map((tag, index) => (index > 0 ? pick(SEPARATORS) : '') + tag).join('') + pick(ENDS);
      expect(parseEntityTagList(list), JSON.stringify(list)).toEqual(tags);
    }
  });
});

describe('§13.1.1, §13.1.2 a decision agrees with the parsed list and the comparison of each tag', () => {
  const PIECES = ['"', '"a"', '"b"', 'W/', 'W/"a"', 'w/', ',', ', ', ' ', '\t', 'a', '*', '\0', '""', '"a,b"', ',,'];
  const TAGS: EntityTag[] = ['"a"', 'W/"a"', '"b"', '""', '"a,b"', '","'];
  const cases = Array.from({ length: 5000 }, () => ({ value: many(7, () => pick(PIECES)).join(''), tag: pick(TAGS) }));
  const outcome = (method: string, headers: Record<string, string>, etag: EntityTag) =>
    evaluatePreconditions({ method, headers }, { etag }).outcome;

  it('If-Match: strong comparison, malformed fails', () => {
    for (const { value, tag } of cases) {
      const list = parseEntityTagList(value);
      const holds = list === '*' || (list?.some((listed) => strongCompare(listed, tag)) ?? false);
      const expected = holds ? 'proceed' : 'failed';
      expect(outcome('PUT', { 'if-match': value }, tag), JSON.stringify({ value, tag })).toBe(expected);
      expect(outcome('GET', { 'if-match': value }, tag), JSON.stringify({ value, tag })).toBe(expected);
    }
  });

  it('If-None-Match: weak comparison; malformed fails an unsafe method and is ignored on a safe one', () => {
    for (const { value, tag } of cases) {
      const list = parseEntityTagList(value);
      const listed = list === '*' || (list?.some((listed) => weakCompare(listed, tag)) ?? false);
      const message = JSON.stringify({ value, tag });
      expect(outcome('PUT', { 'if-none-match': value }, tag), message).toBe(listed || !list ? 'failed' : 'proceed');
      expect(outcome('GET', { 'if-none-match': value }, tag), message).toBe(listed ? 'not-modified' : 'proceed');
    }
  });

  it('a value that is one tag is a list of it', () => {
    const single = cases.map(({ value }) => value).filter((value) => parseEntityTag(value) !== null);
    expect(single.length).toBeGreaterThan(100);
    for (const value of single) expect(parseEntityTagList(value)).toEqual([parseEntityTag(value)]);
  });
});
