import type { EntityTag } from './entity-tag.ts';
import { checkTime } from './http-date.ts';
import { mistake } from './mistake.ts';

/**
 * A weak tag from what the file system says of a file: its size and time, never its inode, which differs between servers
 * that hold the same file. Weak, because a file can change twice within the clock's resolution.
 *
 * @param stats - `size` in bytes, `mtimeMs` in ms since the epoch (parts of a ms are cut off), as `fs.stat` gives them
 * @returns a tag such as `W/"ff-1000"`
 * @throws TypeError when `size` is not a length in bytes or `mtimeMs` not a time
 * @see RFC 9110 §8.8.1
 */
export function fileTag(stats: { readonly size: number; readonly mtimeMs: number }): EntityTag {
  const { size, mtimeMs } = stats;
  if (!Number.isSafeInteger(size) || size < 0) throw mistake('a size', size, 'Give bytes');
  checkTime(mtimeMs);
  return `W/"${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}"`;
}
