import type { EntityTag } from './entity-tag.js';

/**
 * A weak tag from what the file system says of a file: its size and time, never its inode, which differs between servers
 * that hold the same file. Weak, because a file can change twice within the clock's resolution.
 *
 * @param stats - `size` in bytes, `mtimeMs` in ms since the epoch (parts of a ms are cut off), as `fs.stat` gives them
 * @see RFC 9110 §8.8.1
 */
export function fileTag(stats: { readonly size: number; readonly mtimeMs: number }): EntityTag {
  return `W/"${stats.size.toString(16)}-${Math.floor(stats.mtimeMs).toString(16)}"`;
}
