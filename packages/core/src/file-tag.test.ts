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

  it.each([0, -1, 2 ** 53 - 1])('takes any time: %d', (mtimeMs) => {
    const tag = fileTag({ size: 0, mtimeMs });
    expect(parseEntityTag(tag)).toBe(tag);
  });
});
