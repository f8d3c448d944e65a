import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileTag, isWeak, parseEntityTag } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'file-tag-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string, mtime: Date) {
  const path = join(folder, name);
  writeFileSync(path, content);
  utimesSync(path, mtime, mtime);
  return statSync(path);
}

describe('§8.8.1 fileTag', () => {
  const noon = new Date(Date.UTC(2026, 6, 26, 12));

  it('is one tag for two files of the same size and time, whatever their inode', () => {
    const [a, b] = [file('a', 'hello', noon), file('b', 'hello', noon)];
    expect(a.ino).not.toBe(b.ino);
    expect(fileTag(a)).toBe(fileTag(b));
  });

  it('is weak and well-formed', () => {
    const tag = fileTag(file('a', 'hello', noon));
    expect(isWeak(tag)).toBe(true);
    expect(parseEntityTag(tag)).toBe(tag);
  });

  it('differs by size, and by a millisecond', () => {
    const tags = [
      { size: 5, mtimeMs: 1000 },
      { size: 6, mtimeMs: 1000 },
      { size: 5, mtimeMs: 1001 },
      { size: 0x51, mtimeMs: 0 },
      { size: 0x5, mtimeMs: 0x10 },
    ].map(fileTag);
    expect(new Set(tags).size).toBe(tags.length);
  });

  it.each([0, 0.25, 0.999])('cuts parts of a ms off: %d', (part) => {
    expect(fileTag({ size: 5, mtimeMs: 1000 + part })).toBe(fileTag({ size: 5, mtimeMs: 1000 }));
  });

  it.each([0, -1, -86_400_000.5, 253_402_300_799_999])('takes any time that a date can name: %d', (mtimeMs) => {
    const tag = fileTag({ size: 0, mtimeMs });
    expect(parseEntityTag(tag)).toBe(tag);
  });

  it.each<[what: string, stats: unknown]>([
    ['a size that is missing', { mtimeMs: 0 }],
    ['a size as text', { size: '5', mtimeMs: 0 }],
    ['a negative size', { size: -1, mtimeMs: 0 }],
    ['a fraction of a byte', { size: 0.5, mtimeMs: 0 }],
    ['NaN bytes', { size: Number.NaN, mtimeMs: 0 }],
    ['a size as a bigint', { size: 5n, mtimeMs: 0 }],
    ['a time that is missing', { size: 5 }],
    ['a time as a bigint', { size: 5, mtimeMs: 0n }],
    ['NaN as a time', { size: 5, mtimeMs: Number.NaN }],
    ['a time beyond the year 9999', { size: 5, mtimeMs: 2 ** 53 - 1 }],
  ])('refuses %s', (_, stats) => {
    expect(() => fileTag(stats as { size: number; mtimeMs: number })).toThrow(TypeError);
  });

  it('names what is not a size', () => {
    expect(() => fileTag({ size: -1, mtimeMs: 0 })).toThrow(new TypeError('Not a size: -1 (number). Give bytes'));
  });
});
