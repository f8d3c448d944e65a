import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { checkTag } from './entity-tag.ts';
import { type EntityTag, entityTag, isWeak, parseEntityTag, strongCompare, weakCompare } from './index.ts';

const CODE_UNITS = Array.from({ length: 0x200 }, (_, code) => code);

/** etagc = %x21 / %x23-7E / obs-text ; obs-text = %x80-FF */
function isEtagc(code: number): boolean {
  return code === 0x21 || (code >= 0x23 && code <= 0x7e) || (code >= 0x80 && code <= 0xff);
}

function throwsTypeError(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    return error instanceof TypeError;
  }
}

describe('§8.8.3 entity-tag', () => {
  it('takes the characters of etagc and no others, as it makes a tag and as it reads one', () => {
    const allowed = CODE_UNITS.filter(isEtagc);
    const made = CODE_UNITS.filter((code) => !throwsTypeError(() => entityTag(String.fromCharCode(code))));
    const read = CODE_UNITS.filter((code) => parseEntityTag(`"a${String.fromCharCode(code)}b"`) !== null);
    const readWeak = CODE_UNITS.filter((code) => parseEntityTag(`W/"${String.fromCharCode(code)}"`) !== null);
    expect(made).toEqual(allowed);
    expect(read).toEqual(allowed);
    expect(readWeak).toEqual(allowed);
  });

  it('takes no code unit above U+00FF that looks like one of etagc in its low byte', () => {
    const above = CODE_UNITS.filter(isEtagc).map((code) => code + 0x4e00);
    expect(above.filter((code) => parseEntityTag(`"${String.fromCharCode(code)}"`) !== null)).toEqual([]);
    expect(above.filter((code) => !throwsTypeError(() => entityTag(String.fromCharCode(code))))).toEqual([]);
  });

  const opaques = ['', 'v7', 'a,b', "it's", '\\', 'W/', '*', '-gzip', CODE_UNITS.filter(isEtagc).map(chr).join('')];

  it.each(opaques)('reads what it makes: %j', (opaque) => {
    const strong = entityTag(opaque);
    const weak = entityTag(opaque, { weak: true });
    expect(strong).toBe(`"${opaque}"`);
    expect(weak).toBe(`W/"${opaque}"`);
    expect(parseEntityTag(strong)).toBe(strong);
    expect(parseEntityTag(` \t${weak}\t `)).toBe(weak);
    expect([isWeak(strong), isWeak(weak)]).toEqual([false, true]);
  });

  it('makes a strong tag unless told otherwise', () => {
    expect(entityTag('v7', {})).toBe('"v7"');
    expect(entityTag('v7', { weak: false })).toBe('"v7"');
    expect(entityTag('v7', { weak: undefined })).toBe('"v7"');
  });

  it.each(['a b', 'a"b', 'ключ'])('names the value that no tag can carry: %j', (opaque) => {
    expect(() => entityTag(opaque)).toThrow(TypeError);
    expect(() => entityTag(opaque)).toThrow(`: "${opaque}" (string). A tag includes its quotes`);
  });

  it('leaves an unquoted tag to the compiler, and reads none', () => {
    // @ts-expect-error: an entity tag stands in quotes
    const unquoted: EntityTag = 'v7';
    // @ts-expect-error: weak or not
    const unquotedWeak: EntityTag = 'W/v7';
    expect(parseEntityTag(unquoted)).toBeNull();
    expect(parseEntityTag(unquotedWeak)).toBeNull();
  });
});

describe('§8.8.3.2 comparison', () => {
  it.each<[a: EntityTag, b: EntityTag, strong: boolean, weak: boolean]>([
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', '"1"', true, true],
    ['"1"', '"2"', false, false],
    ['"W/1"', 'W/"1"', false, false],
    ['"A"', '"a"', false, false],
    ['""', 'W/""', false, true],
  ])('%s and %s: strong %s, weak %s', (a, b, strong, weak) => {
    expect([strongCompare(a, b), strongCompare(b, a)]).toEqual([strong, strong]);
    expect([weakCompare(a, b), weakCompare(b, a)]).toEqual([weak, weak]);
  });
});

describe('checkTag', () => {
  it.each<EntityTag>(['"v7"', 'W/"v7"', '""', '"caf\xe9"'])('gives %s back, whenever it is asked', (tag) => {
    for (let i = 0; i < 3; i++) expect(checkTag(tag)).toBe(tag);
  });

  it.each<[value: unknown, named: string]>([
    ['v7', 'v7 (string)'],
    ['', ' (string)'],
    ['"v7" ', '"v7"  (string)'],
    // A foreign value begins no line of its own in a log, and turns no text round.
    ['v7\r\n500 fine', 'v7??500 fine (string)'],
    ['"\u001b[31m\u202e\u0085"', '"?[31m??" (string)'],
    [['"v7\n"'], '"v7?" (object)'],
    [7, '7 (number)'],
    [null, 'null (object)'],
    [undefined, 'undefined (undefined)'],
    [Symbol('"v7"'), 'Symbol("v7") (symbol)'],
  ])('names what is not a tag, and what one is: %o', (value, named) => {
    for (let i = 0; i < 2; i++) {
      expect(() => checkTag(value)).toThrow(
        new TypeError(`Not an entity tag: ${named}. A tag includes its quotes: "v7" or W/"v7"`),
      );
    }
  });

  it('keeps few of the tags that it has seen', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    const check = (count: number) => {
      for (let i = 0; i < count; i++) checkTag(`"${String(i).padEnd(1000, 'x')}"`);
    };
    check(1000);
    collect();
    const before = process.memoryUsage().heapUsed;
    check(5000);
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_500_000);
  });
});

it.each<[opaque: unknown, named: string]>([
  [undefined, 'undefined (undefined)'],
  [7, '7 (number)'],
  [null, 'null (object)'],
  [['v7\n'], 'v7? (object)'],
])('entityTag names what is not text: %o', (opaque, named) => {
  expect(() => entityTag(opaque as string)).toThrow(new TypeError(`Not an opaque tag: ${named}. Give text`));
});

function chr(code: number): string {
  return String.fromCharCode(code);
}
