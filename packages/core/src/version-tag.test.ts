import { describe, expect, it } from 'vitest';
import { codedTag, type EntityTag, parseEntityTag, versionOf, versionTag } from './index.ts';

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

const weakened = (tag: EntityTag) => `W/${tag}` as EntityTag;

describe('§8.8.1 versionTag and versionOf', () => {
  it.each<[version: string | number | bigint, tag: EntityTag]>([
    [0, '"v0"'],
    [7, '"v7"'],
    [-1, '"v-1"'],
    [2 ** 53 - 1, '"v9007199254740991"'],
    [18446744073709551615n, '"v18446744073709551615"'],
    ['7', '"v7"'],
    ['0', '"v0"'],
    ['6f1c2f2e-33f4-4a0e-9d2f-0b1b6a1f0d11', '"v6f1c2f2e-33f4-4a0e-9d2f-0b1b6a1f0d11"'],
    ['a:b', '"va%3Ab"'],
    ['100%', '"v100%25"'],
    ['%37', '"v%2537"'],
    ['say "hi"', '"vsay%20%22hi%22"'],
    ['ключ 🔑', '"v%D0%BA%D0%BB%D1%8E%D1%87%20%F0%9F%94%91"'],
    ['release-gzip', '"vrelease%2Dgzip"'],
    ['-gzip', '"v%2Dgzip"'],
    ['a-b-br', '"va-b%2Dbr"'],
    ['gzip', '"vgzip"'],
    // Jetty's `--gzip` after it would take the dash away.
    ['a-', '"va%2D"'],
    ['-', '"v%2D"'],
    ['a--', '"va-%2D"'],
    ['a-dcb', '"va%2Ddcb"'],
    ['W/"7"', '"vW%2F%227%22"'],
  ])('%s becomes %s and back', (version, tag) => {
    expect(versionTag(version)).toBe(tag);
    expect(parseEntityTag(tag)).toBe(tag);
    expect(versionOf(tag)).toBe(String(version));
  });

  it.each<[variant: string, tag: EntityTag]>([
    ['en', '"v7:en"'],
    ['application/json', '"v7:application%2Fjson"'],
    ['a:b', '"v7:a%3Ab"'],
    ['x-gzip', '"v7:x%2Dgzip"'],
    ['pt-BR', '"v7:pt-BR"'],
    ['', '"v7:"'],
  ])('tells a variant apart, and is of the same version: %j', (variant, tag) => {
    expect(versionTag(7, variant)).toBe(tag);
    expect(versionTag(7, variant)).not.toBe(versionTag(7));
    expect(versionOf(tag)).toBe('7');
  });

  it.each<EntityTag>([
    '"v7-gzip"',
    '"v7-br"',
    '"v7-zstd"',
    '"v7-deflate"',
    'W/"v7"',
    'W/"v7-gzip"',
    'W/"v7:en-br"',
    '"v7--gzip"',
    '"v7-dcb"',
    '"v7-dcz"',
  ])('reads the version of a coded or weakened tag: %s', (tag) => {
    expect(versionOf(tag)).toBe('7');
  });

  it.each<EntityTag>(['"xyzzy"', '""', '"v"', '"7"', '"V7"', 'W/""', 'W/"v"', '"v:en"', '"v-gzip"', '"v\xff"'])(
    'is null for a foreign tag: %s',
    (tag) => {
      expect(versionOf(tag)).toBeNull();
    },
  );

  it.each(['Wx"v7"', 'W"v7"', 'WW/"v7"', 'w/"v7"', ' "v7"', '"v7", "v8"', 'v7'])(
    'is null for what is not a tag: %s',
    (text) => {
      expect(versionOf(text as EntityTag)).toBeNull();
    },
  );

  it.each<EntityTag>([
    '"v%37"',
    '"v%d0%ba"',
    '"va%2fb"',
    '"va:b:c"',
    '"va/b"',
    '"v7-gzip-br"',
    '"v7-gzip-gzip"',
    '"v7:e%6E"',
    '"va%2Db"',
  ])('is null for a second spelling of a version: %s', (tag) => {
    expect(versionOf(tag)).toBeNull();
  });

  it.each<EntityTag>(['"v%"', '"v%2"', '"v%zz"', '"v%ff"', '"v%C0%AF"', '"v%ED%A0%80"', '"v7:%"', '"v%:en"'])(
    'is null for a malformed percent-encoding: %s',
    (tag) => {
      expect(versionOf(tag)).toBeNull();
    },
  );

  it.each<[what: string, version: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['empty text', ''],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a fraction', 1.5],
    ['an integer that has lost digits', 2 ** 60],
    ['the first of them', 2 ** 53],
    ['true', true],
    ['a Date', new Date(0)],
    ['an object', { version: 7 }],
    ['an object that becomes text', { toString: () => '7' }],
    ['a list', [7]],
    ['a symbol', Symbol('7')],
    ['a function', () => 7],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate among letters', 'a\udc00b'],
  ])('has no tag for %s', (_, version) => {
    expect(() => versionTag(version as string)).toThrow(TypeError);
  });

  it.each<[what: string, variant: unknown]>([
    ['null', null],
    ['a number', 7],
    ['an object', {}],
    ['a lone surrogate', '\udc00'],
  ])('has no tag for a variant that is %s', (_, variant) => {
    expect(() => versionTag(7, variant as string)).toThrow(TypeError);
  });

  it('names the version that it refuses', () => {
    const wanted = 'Give text, a safe integer or a bigint';
    expect(() => versionTag(1.5)).toThrow(new TypeError(`Not a version: 1.5 (number). ${wanted}`));
    expect(() => versionTag(undefined as unknown as string)).toThrow(`Not a version: undefined (undefined). ${wanted}`);
    expect(() => versionTag(7, 8 as unknown as string)).toThrow(new TypeError('Not a variant: 8 (number). Give text'));
  });

  it.each(['"v\ud800"', '"v7:\udc00"', '"v%ED%A0%80"', 'v7', '', 'W/', '"v', '"v%"'])(
    'reads no version in what a peer or JSON may bring, and never throws: %j',
    (text) => {
      expect(versionOf(text as EntityTag)).toBeNull();
    },
  );
});

describe('§8.8.1 any version', () => {
  const random = seeded(8811);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const PIECES = [
    '-gzip',
    '-br',
    '-',
    'gzip',
    '%',
    '%2D',
    '%25',
    ':',
    'v',
    '"',
    'W/',
    ',',
    ' ',
    '7',
    'é',
    '𝄞',
    '\0',
    '*',
  ];
  const text = (min: number) => Array.from({ length: min + Math.floor(random() * 5) }, () => pick(PIECES)).join('');
  const cases = Array.from({ length: 2000 }, () => ({ version: text(1), variant: pick([undefined, text(0)]) }));

  it('comes back, from the coded and the weakened tag too', () => {
    for (const { version, variant } of cases) {
      const tag = versionTag(version, variant);
      const forms = [tag, weakened(tag), codedTag(tag, 'gzip'), codedTag(tag, 'br'), weakened(codedTag(tag, 'zstd'))];
      expect(forms.map(parseEntityTag), tag).toEqual(forms);
      expect(forms.map(versionOf), tag).toEqual(forms.map(() => version));
    }
  });

  it('has a tag of its own, under every coding', () => {
    const named = new Map<EntityTag, string>();
    for (const { version, variant } of cases) {
      const tag = versionTag(version, variant);
      for (const coding of [null, 'gzip', 'br', 'zstd', 'deflate']) {
        const name = JSON.stringify([version, variant, coding]);
        const coded = codedTag(tag, coding);
        expect(named.get(coded) ?? name, coded).toBe(name);
        named.set(coded, name);
      }
    }
  });

  it('is read from no tag but those that are made of it', () => {
    const opaque = ['v', '%', '2D', '37', ':', '-gzip', '-', 'a', '7', 'en', '%C3%A9', '\xff', ','];
    let read = 0;
    for (let i = 0; i < 5000; i++) {
      const tag: EntityTag = `"v${Array.from({ length: Math.floor(random() * 6) }, () => pick(opaque)).join('')}"`;
      const version = versionOf(tag);
      if (version === null) continue;
      read++;
      const plain = tag.replace(/--?gzip"$/, '"');
      const variant = plain.includes(':') ? decodeURIComponent(plain.slice(plain.indexOf(':') + 1, -1)) : undefined;
      expect(versionTag(version, variant), tag).toBe(plain);
    }
    expect(read).toBeGreaterThan(500);
  });
});
