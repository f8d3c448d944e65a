import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decoded } from './content-coding.ts';
import type { FieldLine } from './field-line.ts';

const coded = (coding: string, body: Uint8Array) => ({
  headers: [['Content-Encoding', coding] satisfies FieldLine],
  body,
});
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const coders = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };

describe.each(Object.entries(coders))('%s', (coding, code) => {
  it('is taken off', () => {
    expect(text(decoded(coded(coding, code('hello'))))).toBe('hello');
    expect(text(decoded(coded(coding.toUpperCase(), code('hello'))))).toBe('hello');
  });

  it('stands for as many bytes as it may, and not for more', () => {
    const body = code('x'.repeat(1000));
    expect(decoded(coded(coding, body), { maxBytes: 1000 })).toHaveLength(1000);
    expect(() => decoded(coded(coding, body), { maxBytes: 999 })).toThrow(`longer than 999 bytes without ${coding}`);
  });

  it('of which a part is missing is an error', () => {
    const body = code('hello');
    expect(() => decoded(coded(coding, body.subarray(0, body.length - 4)))).toThrow(`the content is not ${coding}`);
  });
});

it('stands for 64 MiB at most unless told otherwise, and takes no more memory than that to find out', () => {
  // 10 MB of gzip, which stand for 10 GB: members of 10 MB each, one after another.
  const member = gzipSync(Buffer.alloc(10_000_000));
  const bomb = Buffer.concat(Array.from({ length: 1000 }, () => member));
  expect(bomb.length).toBeGreaterThan(9_000_000);
  const before = process.memoryUsage.rss();
  expect(() => decoded(coded('gzip', bomb))).toThrow('longer than 67108864 bytes');
  // What was decoded, and the parts that it came in, at most.
  expect(process.memoryUsage.rss() - before).toBeLessThan(2.5 * 67_108_864);
});

it('what has no coding, another one or no content is left as it is', () => {
  const body = Buffer.from('hello');
  expect(decoded({ headers: [], body })).toBe(body);
  expect(decoded(coded('constructor', body))).toBe(body);
  expect(decoded(coded('gzip', Buffer.alloc(0)))).toHaveLength(0);
});
