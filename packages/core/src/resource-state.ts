import { checkTag, type EntityTag } from './entity-tag.ts';
import { checkTime, parseHttpDate } from './http-date.ts';
import { mistake } from './mistake.ts';

/** The validators of the selected representation (RFC 9110 §8.8). */
export interface ResourceState {
  /** The current entity tag; null or absent when the representation has none. */
  readonly etag?: EntityTag | null | undefined;
  /** When it was last modified: a Date or ms since the epoch, cut to seconds for every comparison; null or absent when unknown. */
  readonly lastModified?: Date | number | null | undefined;
}

/**
 * Checks the validators that the application gives, whatever the request compares: a slip fails on the first request, and
 * not on the first revalidation.
 *
 * @param state - null when there is no current representation
 * @throws TypeError when it is not a state, its tag not an entity tag, its time not a time
 */
export function checkState(state: ResourceState | null): void {
  if (state === null) return;
  const isState =
    typeof state === 'object' &&
    ('etag' in state ||
      'lastModified' in state ||
      // `{}` says nothing. A list, a Date or what the `get` of a store gave is a slip: it has members, or a prototype that
      // has one itself, in whatever realm it was made.
      (Object.keys(state).length === 0 && Object.getPrototypeOf(Object.getPrototypeOf(state)) === null));
  if (!isState) {
    throw mistake('a state', state, 'Give { etag, lastModified } or null');
  }
  const { etag, lastModified } = state;
  if (etag != null) checkTag(etag);
  if (lastModified != null) checkTime(lastModified);
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
