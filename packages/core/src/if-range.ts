import { parseEntityTag, strongCompare } from './entity-tag.js';
import { parseHttpDate } from './http-date.js';
import { currentTag, lastModifiedTime, type ResourceState } from './resource-state.js';

/**
 * Whether an `If-Range` field lets the Range through: an exact match by a strong validator. A tag is compared strongly; a
 * date must be the very Last-Modified, and that second must be over, or the representation could change within it again.
 *
 * @param now - ms since the epoch
 * @see RFC 9110 §13.1.5, §8.8.2.2
 */
export function ifRangeHolds(fieldValue: string, current: ResourceState, now: number): boolean {
  const sent = parseEntityTag(fieldValue);
  const tag = currentTag(current);
  if (sent) return tag !== null && strongCompare(sent, tag);
  const date = parseHttpDate(fieldValue) ?? Number.NaN;
  const after = lastModifiedTime(current) - date;
  return after >= 0 && after < 1000 && now - date >= 1000;
}
