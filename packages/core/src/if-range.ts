import { isWeak, parseEntityTag } from './entity-tag.ts';
import { parseHttpDate } from './http-date.ts';
import { checkState, lastModifiedTime, type ResourceState } from './resource-state.ts';

/**
 * Whether an `If-Range` field lets the Range through: an exact match by a strong validator. A tag is compared strongly; a
 * date must be the very Last-Modified, and that second must be over, or the representation could change within it again.
 *
 * @param now - ms since the epoch
 * @see RFC 9110 §13.1.5, §8.8.2.2
 */
export function ifRangeHolds(fieldValue: string, current: ResourceState, now: number): boolean {
  checkState(current);
  const sent = parseEntityTag(fieldValue);
  if (sent) return sent === current.etag && !isWeak(sent);
  const date = parseHttpDate(fieldValue) ?? Number.NaN;
  const after = lastModifiedTime(current) - date;
  return after >= 0 && after < 1000 && now - date >= 1000;
}
