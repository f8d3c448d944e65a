import { describe, expect, it } from 'vitest';
import { canonicalJson, contentTag, jsonTag } from './index.ts';

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

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof TypeError) return error.message;
  }
  return 'threw no TypeError';
}

describe('RFC 8785 canonicalJson', () => {
  it('RFC 8785 §3.2.2 writes primitives as ECMAScript does', () => {
    const value = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    const canonical = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
    expect(canonicalJson(value)).toBe(canonical);
  });

  it('RFC 8785 §3.2.3 sorts keys by their UTF-16 code units', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      1: 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(canonicalJson(value).match(/(?<=:")[^"]+/g)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it.each<[name: string, value: unknown, canonical: string]>([
    ['keys that look like numbers', { 10: 'b', 9: 'a' }, '{"10":"b","9":"a"}'],
    ['nested objects', { b: { d: 1, c: [{ f: 1, e: 2 }] }, a: 1 }, '{"a":1,"b":{"c":[{"e":2,"f":1}],"d":1}}'],
    ['the order of an array', [2, 1], '[2,1]'],
    ['undefined members', { a: undefined, b: 1 }, '{"b":1}'],
    ['nothing but undefined members', { a: undefined }, '{}'],
    ['functions and symbols', { a: () => 1, b: Symbol('b'), c: 1 }, '{"c":1}'],
    ['undefined elements', [undefined, () => 1], '[null,null]'],
    ['a sparse array', Object.assign([1], { 2: 3 }), '[1,null,3]'],
    ['an empty array and object', [[], {}], '[[],{}]'],
    ['negative zero', -0, '0'],
    ['no number', [Number.NaN, Number.POSITIVE_INFINITY], '[null,null]'],
    ['undefined', undefined, 'null'],
    ['a function', () => 1, 'null'],
    ['a Date', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['an Invalid Date', new Date(Number.NaN), 'null'],
    ['boxed numbers, booleans and text', [Object(1), Object(false), Object('ab')], '[1,false,"ab"]'],
    ['a lone surrogate', '\ud800', '"\\ud800"'],
    ['a member called __proto__', JSON.parse('{"b":1,"__proto__":{"a":2}}'), '{"__proto__":{"a":2},"b":1}'],
    ['an object without prototype', Object.assign(Object.create(null), { b: 1, a: 2 }), '{"a":2,"b":1}'],
    ['a Map, which JSON cannot see into', new Map([['a', 1]]), '{}'],
  ])('writes %s', (_, value, canonical) => {
    expect(canonicalJson(value)).toBe(canonical);
  });

  it('hands toJSON its key, as JSON.stringify does', () => {
    const value = { toJSON: (key: string) => `<${key}>` };
    for (const given of [value, { a: value, b: [value, { c: value }] }]) {
      expect(JSON.parse(canonicalJson(given))).toEqual(JSON.parse(JSON.stringify(given)));
    }
  });

  it('says of a circle what JSON.stringify says', () => {
    const circular: Record<string, unknown> = { a: 1 };
    circular.self = [circular];
    expect(messageOf(() => canonicalJson(circular))).toBe(messageOf(() => JSON.stringify(circular)));
    expect(messageOf(() => canonicalJson(circular))).toMatch(/circular/i);
  });

  it('refuses a bigint as JSON.stringify does', () => {
    expect(messageOf(() => canonicalJson({ a: 1n }))).toBe(messageOf(() => JSON.stringify({ a: 1n })));
  });

  it('lets an error of toJSON through', () => {
    const failure = new RangeError('no');
    const value = {
      toJSON() {
        throw failure;
      },
    };
    expect(() => canonicalJson({ value })).toThrow(failure);
  });
});

describe('RFC 8785 canonicalJson of any value', () => {
  const random = seeded(8785);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const KEYS = [
    'a',
    'b',
    'B',
    '',
    ' ',
    '1',
    '10',
    '9',
    'é',
    '€',
    '\ufb33',
    '😀',
    'a"b',
    'a\\b',
    '__proto__',
    'toString',
    'x y',
  ];
  const LEAVES = [
    0,
    -0,
    1.5,
    1e21,
    1e-7,
    Number.NaN,
    '',
    'a"b',
    '\u2028',
    '😀',
    '\ud800',
    true,
    null,
    undefined,
    new Date(0),
    Object('ab'),
    Object(7),
    Object(false),
  ];

  function value(depth: number): unknown {
    const kind = random();
    if (depth === 0 || kind < 0.4) return pick(LEAVES);
    const length = Math.floor(random() * 5);
    if (kind < 0.6) return Array.from({ length }, () => value(depth - 1));
    return Object.fromEntries(Array.from({ length }, () => [pick(KEYS), value(depth - 1)]));
  }

  /** The same value, its keys in another order. */
  function shuffled(given: unknown): unknown {
    if (Array.isArray(given)) return given.map(shuffled);
    if (typeof given !== 'object' || given === null) return given;
    if ([Date, String, Number, Boolean].some((type) => given instanceof type)) return given;
    const entries = Object.entries(given).map(([key, member]) => ({ key, member: shuffled(member), at: random() }));
    return Object.fromEntries(entries.sort((a, b) => a.at - b.at).map(({ key, member }) => [key, member]));
  }

  const values = Array.from({ length: 2000 }, () => value(5));

  it('means what JSON.stringify means', () => {
    for (const value of values) {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value) ?? 'null'));
    }
  });

  it('does not depend on the order of keys', () => {
    for (const value of values) expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
  });

  it('is canonical already when read back', () => {
    for (const value of values) {
      const canonical = canonicalJson(value);
      expect(canonicalJson(JSON.parse(canonical))).toBe(canonical);
    }
  });

  it('differs where the meaning does', () => {
    const byCanonical = new Map<string, unknown>();
    for (const value of values) {
      const meaning = JSON.parse(JSON.stringify(value) ?? 'null');
      const canonical = canonicalJson(value);
      if (byCanonical.has(canonical)) expect(byCanonical.get(canonical)).toEqual(meaning);
      byCanonical.set(canonical, meaning);
    }
    expect(byCanonical.size).toBeGreaterThan(500);
  });
});

describe('§8.8.1 jsonTag', () => {
  const note = { id: 1, text: 'a', csrf: 'x' };

  it('is weak, and the digest of the canonical text', () => {
    expect(jsonTag(note)).toBe(contentTag('{"csrf":"x","id":1,"text":"a"}', { weak: true }));
  });

  it('does not depend on the order of keys or on white space', () => {
    expect(jsonTag(JSON.parse('{ "text": "a",\n "csrf": "x", "id": 1 }'))).toBe(jsonTag(note));
  });

  it.each<[name: string, a: unknown, b: unknown]>([
    ['a value', { a: 1 }, { a: 2 }],
    ['a number and its text', { a: 1 }, { a: '1' }],
    ['null and no member', { a: null }, {}],
    ['the order of elements', [1, 2], [2, 1]],
    ['boxed numbers', { a: Object(1) }, { a: Object(2) }],
    ['a boxed number alone', Object(3), Object(4)],
    ['boxed strings', { a: Object('x') }, { a: Object('y') }],
    ['boxed booleans', { a: Object(true) }, { a: Object(false) }],
    ['dates', new Date(0), new Date(1)],
  ])('tells apart: %s', (_, a, b) => {
    expect(jsonTag(a)).not.toBe(jsonTag(b));
  });

  it('leaves out what is omitted', () => {
    expect(jsonTag(note, { omit: ['csrf'] })).toBe(jsonTag({ id: 1, text: 'a' }));
    expect(jsonTag({ ...note, csrf: 'y' }, { omit: ['csrf'] })).toBe(jsonTag(note, { omit: ['csrf'] }));
    expect(jsonTag({ ...note, text: 'b' }, { omit: ['csrf'] })).not.toBe(jsonTag(note, { omit: ['csrf'] }));
  });

  it('counts what is picked, and nothing that is omitted too', () => {
    expect(jsonTag(note, { pick: ['text', 'id'] })).toBe(jsonTag({ id: 1, text: 'a' }));
    expect(jsonTag(note, { pick: ['text', 'csrf'], omit: ['csrf'] })).toBe(jsonTag({ text: 'a' }));
    expect(jsonTag(note, { pick: [] })).toBe(jsonTag({}));
    expect(jsonTag(note, { omit: [] })).toBe(jsonTag(note));
  });

  it('picks and omits in each element of an array', () => {
    const notes = [note, { ...note, id: 2 }];
    expect(jsonTag(notes, { omit: ['csrf'] })).toBe(
      jsonTag([
        { id: 1, text: 'a' },
        { id: 2, text: 'a' },
      ]),
    );
    expect(jsonTag(notes, { pick: ['id'] })).toBe(jsonTag([{ id: 1 }, { id: 2 }]));
    expect(jsonTag([note, null, 3], { pick: ['id'] as never[] })).toBe(jsonTag([{ id: 1 }, null, 3]));
  });

  it('picks and omits members of the value alone, not of what is nested in it', () => {
    const nested = { csrf: 'x', inner: { csrf: 'x' } };
    expect(jsonTag(nested, { omit: ['csrf'] })).toBe(jsonTag({ inner: { csrf: 'x' } }));
  });

  it('knows the members of the value', () => {
    // @ts-expect-error: a note has no title
    const tag = jsonTag(note, { omit: ['title'] });
    expect(tag).toBe(jsonTag(note));
  });

  it('leaves the value as it was', () => {
    const frozen = Object.freeze({ ...note });
    jsonTag(frozen, { omit: ['csrf'] });
    expect(frozen).toEqual(note);
  });

  it('takes a digest of your own, at once or as a promise', async () => {
    expect(jsonTag({ b: 1, a: 2 }, { digest: (text) => `n${text.length}` })).toBe('W/"n13"');
    expect(await jsonTag({ b: 1, a: 2 }, { digest: async (text) => `n${text.length}` })).toBe('W/"n13"');
  });

  it('throws for what JSON cannot hold', () => {
    expect(() => jsonTag({ a: 1n })).toThrow(TypeError);
    expect(() => jsonTag({ a: 1n }, { pick: ['a'] })).toThrow(TypeError);
  });

  class Model {
    readonly #text: string;
    constructor(text: string) {
      this.#text = text;
    }
    toJSON() {
      return { text: this.#text, csrf: Math.random() };
    }
  }

  it('reads toJSON', () => {
    const stable = { toJSON: () => ({ b: 1, a: 2 }) };
    expect(jsonTag(stable)).toBe(jsonTag({ a: 2, b: 1 }));
  });

  it('reads toJSON before it picks and omits', () => {
    const omit = ['csrf'] as never[];
    expect(jsonTag(new Model('a'), { omit })).toBe(jsonTag({ text: 'a' }));
    expect(jsonTag(new Model('a'), { omit })).not.toBe(jsonTag(new Model('b'), { omit }));
    expect(jsonTag([new Model('a')], { omit })).toBe(jsonTag([{ text: 'a' }]));
  });
});
