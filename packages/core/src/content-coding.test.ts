import { describe, expect, it } from 'vitest';
import { isCodingSuffix, uncodedTag } from './content-coding.ts';
import { codedTag, type EntityTag, entityTag, strongCompare } from './index.ts';

const CODINGS = ['gzip', 'br', 'zstd', 'deflate'];

describe('§8.8.3.3 codedTag', () => {
  it.each<[tag: EntityTag, contentEncoding: string | null | undefined, coded: EntityTag]>([
    ['"v7"', 'gzip', '"v7-gzip"'],
    ['"v7"', 'br', '"v7-br"'],
    ['"v7"', 'zstd', '"v7-zstd"'],
    ['"v7"', 'deflate', '"v7-deflate"'],
    ['"v7"', 'GZip', '"v7-gzip"'],
    ['"v7"', null, '"v7"'],
    ['"v7"', undefined, '"v7"'],
    ['"v7"', '', '"v7"'],
    ['""', 'gzip', '"-gzip"'],
    ['"v7"', 'identity', '"v7"'],
    ['"v7-br"', 'gzip', '"v7-br-gzip"'],
    // A tag of the application that ends like a coding: left alone, it would name gzip and identity at once.
    ['"x-gzip"', 'gzip', '"x-gzip-gzip"'],
  ])('%s under %j is %s', (tag, contentEncoding, coded) => {
    expect(codedTag(tag, contentEncoding)).toBe(coded);
  });

  it.each(['compress', 'dcb', 'gzip, br', 'br,gzip', '"'])('a strong tag becomes weak under %j', (contentEncoding) => {
    expect(codedTag('"v7"', contentEncoding)).toBe('W/"v7"');
  });

  it.each([...CODINGS, 'compress', 'gzip, br', null])('a weak tag names all codings: %j', (contentEncoding) => {
    expect(codedTag('W/"v7"', contentEncoding)).toBe('W/"v7"');
  });

  it('gives each coding a tag that compares strongly with no other', () => {
    const tags = [null, ...CODINGS].map((coding) => codedTag('"v7"', coding));
    for (const a of tags)
      for (const b of tags) expect(strongCompare(a, b)).toBe(a === b && tags.indexOf(a) === tags.indexOf(b));
  });

  it('makes what an entity tag can carry', () => {
    const tags = [...CODINGS, 'compress'].map((coding) => codedTag('"v\xff"', coding));
    expect(tags).toEqual([
      ...CODINGS.map((coding) => entityTag(`v\xff-${coding}`)),
      entityTag('v\xff', { weak: true }),
    ]);
  });
});

describe('§8.8.3.3 uncodedTag', () => {
  it.each<[tag: EntityTag, plain: EntityTag]>([
    ['"v7"', '"v7"'],
    ['"v7-gzip"', '"v7"'],
    ['"v7--gzip"', '"v7"'],
    ['"v7-dcb"', '"v7"'],
    ['"v7-dcz"', '"v7"'],
    ['W/"v7-br"', 'W/"v7"'],
    ['"v7-gzip-br"', '"v7-gzip"'],
    ['"v7gzip"', '"v7gzip"'],
    ['"v7-GZIP"', '"v7-GZIP"'],
    ['"v7-compress"', '"v7-compress"'],
    ['"-gzip"', '""'],
    ['""', '""'],
  ])('of %s is %s', (tag, plain) => {
    expect(uncodedTag(tag)).toBe(plain);
  });

  it.each(CODINGS)('undoes codedTag: %s', (coding) => {
    for (const tag of ['"v7"', '""', '"x-gzip"', '"x-br"'] as const)
      expect(uncodedTag(codedTag(tag, coding))).toBe(tag);
  });
});

describe('isCodingSuffix', () => {
  it.each([...CODINGS.map((coding) => `-${coding}`), '--gzip', '-dcb', '-dcz'])('%j is one', (text) => {
    expect(isCodingSuffix(text)).toBe(true);
  });

  it.each(['', '-', 'gzip', '-Gzip', '-gzip-', '--br', '-compress', '-identity'])('%j is not', (text) => {
    expect(isCodingSuffix(text)).toBe(false);
  });
});
