import { type EntityTag, notATag } from './entity-tag.js';
import { parseHttpDate } from './http-date.js';

/** The validators of the selected representation (RFC 9110 §8.8). */
export interface ResourceState {
  /** The current entity tag; null or absent when the representation has none. */
  readonly etag?: EntityTag | null | undefined;
  /** When it was last modified: a Date or ms since the epoch, cut to seconds for every comparison; null or absent when unknown. */
  readonly lastModified?: Date | number | null | undefined;
}

/** The current tag, checked: an unquoted tag would be compared as if it were one and never match. */
export function currentTag(state: ResourceState): EntityTag | null {
  const tag = state.etag;
  if (tag == null) return null;
  if (tag.charCodeAt(tag.length - 1) !== 0x22 || !(tag.charCodeAt(0) === 0x22 || tag.startsWith('W/"'))) {
    throw notATag(tag);
  }
  return tag;
}

/** When the representation was last modified, in ms since the epoch; NaN when that is not known. */
export function lastModifiedTime(state: ResourceState | null): number {
  return Number(state?.lastModified ?? Number.NaN);
}

/**
 * Whether the representation was modified after the date of a field.
 *
 * @returns null when that cannot be said: no HTTP-date, or no modification date to compare with (RFC 9110 §13.1.3, §13.1.4)
 */
export function modifiedSince(fieldValue: string, current: ResourceState | null): boolean | null {
  const after = lastModifiedTime(current) - (parseHttpDate(fieldValue) ?? Number.NaN);
  // A second later: HTTP-dates have no parts of one (RFC 9110 §5.6.7).
  return Number.isNaN(after) ? null : after >= 1000;
}
