import type { EntityTag } from '@etag/core';

/** How servers of files make a tag of the time and the size of a file. */
interface Format {
  readonly pattern: RegExp;
  /** What a tag says when it is really made so of a time (in s) and a size; null when it is not. */
  read(parts: readonly string[], seconds: number, size: number): string | null;
}

const hex = (text = '') => Number.parseInt(text, 16);
const base36 = (text: string) => Number.parseInt(text, 36);

/** From 1601, in units of 100 ns, to Unix time in s. */
const fromFileTime = (text: string) => hex(text) / 1e7 - 11_644_473_600;

const formats: readonly Format[] = [
  {
    // nginx: time-size, both hexadecimal
    pattern: /^(?:W\/)?"([0-9a-f]+)-([0-9a-f]+)"$/,
    read: ([time, length], seconds, size) =>
      hex(time) === seconds && hex(length) === size ? 'its time and size, as nginx makes it' : null,
  },
  {
    // Apache: size-time in µs, both hexadecimal
    pattern: /^(?:W\/)?"([0-9a-f]+)-([0-9a-f]+)"$/,
    read: ([length, time], seconds, size) =>
      hex(length) === size && Math.floor(hex(time) / 1e6) === seconds ? 'its size and time, as Apache makes it' : null,
  },
  {
    // Apache with FileETag INode
    pattern: /^(?:W\/)?"([0-9a-f]+)-([0-9a-f]+)-([0-9a-f]+)"$/,
    read: ([, length, time], seconds, size) =>
      hex(length) === size && Math.floor(hex(time) / 1e6) === seconds
        ? 'its inode, size and time, as Apache makes it: another one on each node'
        : null,
  },
  {
    // send, serve-static and sirv: size-time in ms
    pattern: /^(?:W\/)?"([0-9a-f]+)-([0-9a-f]{9,12})"$/,
    read: ([length, time], seconds, size) =>
      hex(length) === size && Math.floor(hex(time) / 1000) === seconds
        ? 'its size and time, as Express makes it'
        : null,
  },
  {
    // sirv: size-time in ms, both decimal
    pattern: /^(?:W\/)?"(\d+)-(\d{12,13})(?:\.\d+)?"$/,
    read: ([length, time], seconds, size) =>
      Number(length) === size && Math.floor(Number(time) / 1000) === seconds ? 'its size and time' : null,
  },
  {
    // IIS: FILETIME:changes
    pattern: /^(?:W\/)?"([0-9a-f]{14,16}):([0-9a-f]+)"$/,
    read: ([time = ''], seconds) => (Math.floor(fromFileTime(time)) === seconds ? 'its time, as IIS makes it' : null),
  },
  {
    // Caddy: time and size, both in base 36 (in ns since 2.8, in s before)
    pattern: /^(?:W\/)?"([0-9a-z]{6,14})"$/,
    read: ([both = ''], seconds, size) => {
      const end = size.toString(36);
      if (!both.endsWith(end) || size === 0) return null;
      const time = base36(both.slice(0, -end.length));
      const isIt = time === seconds || Math.floor(time / 1e9) === seconds;
      return isIt ? 'its time and size, as Caddy makes it' : null;
    },
  },
];

/**
 * What of a file a tag was made of.
 *
 * @param tag - of a response without a coding
 * @param modified - its Last-Modified, in ms
 * @param size - of its content, in bytes
 * @returns a few words; null when it is not known to be of a file's time
 */
export function fileTagOf(tag: EntityTag, modified: number, size: number): string | null {
  for (const { pattern, read } of formats) {
    const parts = pattern.exec(tag)?.slice(1);
    const found = parts && read(parts, modified / 1000, size);
    if (found) return found;
  }
  return null;
}
