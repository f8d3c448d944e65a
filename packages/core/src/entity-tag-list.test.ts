import { describe, expect, it } from 'vitest';
import { isCodingSuffix } from './content-coding.ts';
import { findInList, findInListOfRead, isAny, type Listed } from './entity-tag-list.ts';
import {
  codedTag,
  type EntityTag,
  evaluatePreconditions,
  type HeaderFields,
  isWeak,
  parseEntityTag,
  parseEntityTagList,
} from './index.ts';

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

describe('isAny', () => {
  it.each(['*', ' *', '*\t ', ' \t* '])('%j is any', (value) => {
    expect(isAny(value)).toBe(true);
  });

  it.each(['', ' ', '**', '*,', ', *', '"*"', '*, "v7"', '* *'])('%j is not', (value) => {
    expect(isAny(value)).toBe(false);
  });
});

describe('§8.8.3.3 findInList: the form in which a list names a tag', () => {
  it.each<[list: string, found: Listed]>([
    // The tag itself before any other form, wherever it stands.
    ['"v7"', '"v7"'],
    ['"v7-gzip", "v7"', '"v7"'],
    ['"v7", "v7-gzip"', '"v7"'],
    ['W/"v7", "v7"', '"v7"'],
    // A strong form before a weak one, the first before the others.
    ['W/"v7", "v7-gzip"', '"v7-gzip"'],
    ['"v7-gzip", W/"v7"', '"v7-gzip"'],
    ['W/"v7-br", W/"v7"', 'W/"v7-br"'],
    ['"v7-br", "v7-gzip"', '"v7-br"'],
    ['"v6-gzip", "v7-zstd"', '"v7-zstd"'],
    [',\t"a,b" , "v7-deflate",', '"v7-deflate"'],
    // What other servers and proxies append.
    ['"v7--gzip"', '"v7--gzip"'],
    ['"v7-dcb"', '"v7-dcb"'],
    ['"v7-dcz"', '"v7-dcz"'],
    ['W/"v7"', 'W/"v7"'],
    ['W/"v7-gzip"', 'W/"v7-gzip"'],
    ['', 'none'],
    [' ,\t,', 'none'],
    ['"v6-gzip"', 'none'],
    ['"v77-gzip"', 'none'],
    ['"v7-compress"', 'none'],
    ['"v7-gzip-gzip"', 'none'],
    ['"v7---gzip"', 'none'],
    ['"v7--br"', 'none'],
    ['"v7-GZIP"', 'none'],
    ['"v7gzip"', 'none'],
    ['"v7-"', 'none'],
    ['"v"', 'none'],
    ['"a,v7-gzip"', 'none'],
    ['*', 'malformed'],
    ['"v7-gzip', 'malformed'],
    ['v7-gzip', 'malformed'],
    ['w/"v7"', 'malformed'],
    ['"v7-gzip" "v7-br"', 'malformed'],
    // The scan goes on to the end: a list that is malformed after the tag is malformed.
    ['"v7", v8', 'malformed'],
    ['"v7" x', 'malformed'],
  ])('%j names "v7" as %j', (list, found) => {
    expect(findInList(list, '"v7"')).toBe(found);
  });

  it.each<[list: string, found: Listed]>([
    ['W/"v7"', 'W/"v7"'],
    ['"v7"', '"v7"'],
    ['"v7", W/"v7"', 'W/"v7"'],
    ['W/"v7-gzip"', 'W/"v7-gzip"'],
    ['"v6"', 'none'],
  ])('%j names W/"v7" as %j', (list, found) => {
    expect(findInList(list, 'W/"v7"')).toBe(found);
  });

  it.each<[list: string, tag: EntityTag, found: Listed]>([
    ['"a","b"', '","', 'none'],
    ['"x,","b"', '","', 'none'],
    ['"a",W/"b"', '",W/"', 'none'],
    ['"a",",W/"', '",W/"', '",W/"'],
    ['"a",,"b",W/",,"', '",,"', 'W/",,"'],
    ['"a","","b"', '""', '""'],
    ['"a", "-gzip"', '""', '"-gzip"'],
    ['"a,","b"', '","', 'none'],
    ['"a",', '","', 'none'],
    ['"a,",","', '","', '","'],
    ['"a", ",-gzip"', '","', '",-gzip"'],
    ['"a", "b"', '""', 'none'],
    ['"a", ""', '""', '""'],
    ['"a/","b"', '"b"', '"b"'],
    ['"a/",W/"b"', '"b"', 'W/"b"'],
  ])('in %j, the quote that closes a tag begins none: %j as %j', (list, tag, found) => {
    expect(findInList(list, tag)).toBe(found);
  });

  it('takes a tag of the application that ends like a coding as it stands', () => {
    expect(findInList('"a-gzip"', '"a-gzip"')).toBe('"a-gzip"');
    expect(findInList('"a-gzip-br"', '"a-gzip"')).toBe('"a-gzip-br"');
    expect(findInList('"a"', '"a-gzip"')).toBe('none');
  });

  it.each(['gzip', 'br', 'zstd', 'deflate'])('finds what codedTag made: %s', (coding) => {
    const stored = codedTag('"v7"', coding);
    expect(findInList(stored, '"v7"')).toBe(stored);
    expect(findInList(stored, '"v8"')).toBe('none');
  });
});

describe('§13.1.2 findInListOfRead: what does not begin and end like a list of tags is malformed', () => {
  it.each<[value: string, found: Listed]>([
    ['', 'none'],
    ['"v6"', 'none'],
    ['W/"v6"', 'none'],
    ['"v6", W/"v5"', 'none'],
    [' "v6"', 'none'],
    ['"v7-gzip"', '"v7-gzip"'],
    ['W/"v7-gzip"', 'W/"v7-gzip"'],
    ['"v6", "v7"', '"v7"'],
    ['W/"v7"', 'W/"v7"'],
    ['*', 'malformed'],
    ['v6', 'malformed'],
    ['"', 'malformed'],
    ['W/', 'malformed'],
    ['W/"', 'malformed'],
    ['"v6', 'malformed'],
    ['v6"', 'malformed'],
    ['W"v6"', 'malformed'],
    ['W""""', 'malformed'],
    ['X/"v6"', 'malformed'],
    ['w/"v6"', 'malformed'],
    ['W/v6"', 'malformed'],
    ['W/"v6', 'malformed'],
    ['"v6"x', 'malformed'],
    ['x"v6"', 'malformed'],
    ['"v6", v5', 'malformed'],
    // Ends like one, and the tag is nowhere in it: a miss costs no scan.
    ['"v6", v5, "v4"', 'none'],
    ['"v7-gzip" x', 'malformed'],
    ['"v7" "v8"', 'malformed'],
  ])('%j names "v7" as %j', (value, found) => {
    expect(findInListOfRead(value, '"v7"')).toBe(found);
  });
});

/** What a list says of a tag, by the definition: each tag that it holds, compared one by one. */
function definedForm(list: string, tag: EntityTag): Listed {
  const tags = parseEntityTagList(list);
  if (tags === null || tags === '*') return 'malformed';
  const opaque = (tag: EntityTag) => tag.replace(/^W\//, '').slice(1, -1);
  const forms = tags.filter((listed) => {
    const rest = opaque(listed).slice(opaque(tag).length);
    return opaque(listed).startsWith(opaque(tag)) && (rest === '' || isCodingSuffix(rest));
  });
  return forms.find((form) => form === tag) ?? forms.find((form) => !isWeak(form)) ?? forms[0] ?? 'none';
}

describe('§13.1.1, §13.1.2 a decision agrees with the parsed list and the comparison of each tag', () => {
  const PIECES = ['"', '"a"', '"b"', 'W/', 'W/"a"', 'w/', ',', ', ', ' ', '\t', 'a', '*', '\0', '""', '"a,b"', ',,'];
  const CODED = ['"a-gzip"', 'W/"a-gzip"', '"a--gzip"', '"a-br-gzip"', '"-br"', '-gzip', '"a,b-dcz"'];
  const TAGS: EntityTag[] = ['"a"', 'W/"a"', '"b"', '""', '"a,b"', '","', '"a-br"', 'W/""', '",W/"', '",,"'];
  const cases = Array.from({ length: 5000 }, (_, index) => {
    const pieces = index % 2 ? PIECES : [...PIECES.slice(1, 9), ...CODED, ',', ', ', ','];
    return { value: many(7, () => pick(pieces)).join(''), tag: pick(TAGS) };
  });
  const outcome = (method: string, headers: Record<string, string>, etag: EntityTag) =>
    evaluatePreconditions({ method, headers }, { etag }).outcome;

  it('findInList gives the form that the definition gives', () => {
    for (const { value, tag } of cases) {
      expect(findInList(value, tag), JSON.stringify({ value, tag })).toBe(definedForm(value, tag));
    }
    const found = cases.map(({ value, tag }) => definedForm(value, tag));
    for (const kind of ['none', 'malformed', '"a"', '"a-gzip"', 'W/"a-gzip"', '"a--gzip"'])
      expect(found).toContain(kind);
  });

  it('findInListOfRead differs only where a malformed list would be ignored anyhow', () => {
    for (const { value, tag } of cases) {
      if (value === tag) continue;
      const [found, read] = [findInList(value, tag), findInListOfRead(value, tag)];
      if (read !== found) expect({ value, found, read }).toEqual({ value, found: 'malformed', read: 'none' });
    }
  });

  it('If-Match: strong comparison, malformed fails', () => {
    for (const { value, tag } of cases) {
      const form = definedForm(value, tag);
      const isStrong = form.startsWith('"') && !isWeak(tag);
      const expected = isAny(value) || isStrong ? 'proceed' : 'failed';
      expect(outcome('PUT', { 'if-match': value }, tag), JSON.stringify({ value, tag })).toBe(expected);
      expect(outcome('GET', { 'if-match': value }, tag), JSON.stringify({ value, tag })).toBe(expected);
    }
  });

  it('If-None-Match: weak comparison; malformed fails an unsafe method and is ignored on a read', () => {
    for (const { value, tag } of cases) {
      const form = definedForm(value, tag);
      const isListed = isAny(value) || !['none', 'malformed'].includes(form);
      const isRefused = isListed || form === 'malformed';
      const message = JSON.stringify({ value, tag });
      expect(outcome('PUT', { 'if-none-match': value }, tag), message).toBe(isRefused ? 'failed' : 'proceed');
      expect(outcome('GET', { 'if-none-match': value }, tag), message).toBe(isListed ? 'not-modified' : 'proceed');
    }
  });

  it('a value that is one tag is a list of it', () => {
    const single = cases.map(({ value }) => value).filter((value) => parseEntityTag(value) !== null);
    expect(single.length).toBeGreaterThan(100);
    for (const value of single) expect(parseEntityTagList(value)).toEqual([parseEntityTag(value)]);
  });
});

describe('§8.8.3.3 preconditions evaluated against the form that each field names', () => {
  const CODINGS = ['gzip', 'br', 'zstd', 'deflate'];
  const outcome = (method: string, headers: HeaderFields, etag: EntityTag = '"v7"') =>
    evaluatePreconditions({ method, headers }, { etag }).outcome;

  it.each(CODINGS)('%s: a 304 for the tag that the client stored, none for another version', (coding) => {
    const headers = { 'if-none-match': codedTag('"v7"', coding) };
    expect(outcome('GET', headers)).toBe('not-modified');
    expect(outcome('GET', headers, '"v8"')).toBe('proceed');
  });

  it.each(CODINGS)('%s: If-Match passes for the version that the client saw, not for another', (coding) => {
    const headers = { 'if-match': codedTag('"v7"', coding) };
    expect(outcome('PUT', headers)).toBe('proceed');
    expect(outcome('PUT', headers, '"v8"')).toBe('failed');
  });

  it('finds the form of each field by itself', () => {
    expect(outcome('GET', { 'if-match': '"v7"', 'if-none-match': '"v7-gzip"' })).toBe('not-modified');
    expect(outcome('GET', { 'if-match': '"v7-gzip"', 'if-none-match': '"v7"' })).toBe('not-modified');
    expect(outcome('PUT', { 'if-match': '"v7-gzip"', 'if-none-match': '"v7"' })).toBe('failed');
    expect(outcome('PUT', { 'if-match': '"v7-gzip"', 'if-none-match': '"v6"' })).toBe('proceed');
  });

  it('reads repeated lines as one list', () => {
    const lines = ['"v6"', '"v7-br"'];
    expect(outcome('GET', { 'if-none-match': lines })).toBe('not-modified');
    expect(outcome('GET', new Headers(lines.map((line): [string, string] => ['If-None-Match', line])))).toBe(
      'not-modified',
    );
  });

  it('compares a coded form like the tag: weak for a read, strong for a write', () => {
    expect(outcome('GET', { 'if-none-match': 'W/"v7-gzip"' })).toBe('not-modified');
    expect(outcome('PUT', { 'if-match': 'W/"v7-gzip"' })).toBe('failed');
    expect(outcome('PUT', { 'if-match': '"v7-gzip"' }, 'W/"v7"')).toBe('failed');
  });

  it.each<[list: string, etag: EntityTag, form: EntityTag | null]>([
    ['"v7"', '"v7"', null],
    ['"v6", "v7"', '"v7"', null],
    ['"v7-gzip"', '"v7"', '"v7-gzip"'],
    ['W/"v7"', '"v7"', 'W/"v7"'],
    ['"v7-gzip", "v7"', '"v7"', null],
    ['W/"v7"', 'W/"v7"', null],
    // A weak tag is never made strong by a list.
    ['"v7"', 'W/"v7"', null],
    ['"v7-gzip"', 'W/"v7"', null],
    ['W/"v7-gzip"', 'W/"v7"', 'W/"v7-gzip"'],
    ['*', '"v7"', null],
  ])('the 304 for %s of %s carries the form %j', (list, etag, form) => {
    const decision = evaluatePreconditions({ method: 'GET', headers: { 'if-none-match': list } }, { etag });
    expect(decision).toMatchObject({ outcome: 'not-modified', form });
    expect(Object.isFrozen(decision)).toBe(form === null);
  });
});
