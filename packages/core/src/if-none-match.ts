import { type Decision, decision } from './decision.ts';
import { type EntityTag, isWeak } from './entity-tag.ts';
import { findInList, findInListOfRead, isAny } from './entity-tag-list.ts';
import type { ResourceState } from './resource-state.ts';

const NO_MATCH = /* @__PURE__ */ decision('proceed', 'if-none-match', 'no-match');
const ABSENT = /* @__PURE__ */ decision('proceed', 'if-none-match', 'absent');
const IGNORED = /* @__PURE__ */ decision('proceed', 'if-none-match', 'malformed');
const NOT_MODIFIED = /* @__PURE__ */ decision('not-modified', 'if-none-match', 'matched');
const NOT_MODIFIED_ANY = /* @__PURE__ */ decision('not-modified', 'if-none-match', 'exists');
const MATCHED = /* @__PURE__ */ decision('failed', 'if-none-match', 'matched');
const EXISTS = /* @__PURE__ */ decision('failed', 'if-none-match', 'exists');
const MALFORMED = /* @__PURE__ */ decision('failed', 'if-none-match', 'malformed');

/**
 * Evaluates an `If-None-Match` field. A malformed one is ignored on a read (a full response does no harm) and fails on any
 * other method.
 *
 * @param read - whether the method is GET, HEAD or QUERY
 * @param current - null when there is no current representation
 * @see RFC 9110 §13.1.2
 */
export function evaluateIfNoneMatch(fieldValue: string, read: boolean, current: ResourceState | null): Decision {
  // Small, so that the engine inlines it: most requests end here.
  return read && fieldValue === current?.etag ? NOT_MODIFIED : evaluateOther(fieldValue, read, current);
}

/** A list, another tag, or something that is not a list of tags. */
function evaluateOther(fieldValue: string, read: boolean, current: ResourceState | null): Decision {
  const tag = current?.etag;
  const listed = (read ? findInListOfRead : findInList)(fieldValue, tag ?? '""');
  if (listed === 'malformed') {
    if (!isAny(fieldValue)) return read ? IGNORED : MALFORMED;
    // RFC 9110 §13.1.2: "*" is false if the origin server has a current representation
    if (current) return read ? NOT_MODIFIED_ANY : EXISTS;
  }
  if (!current) return ABSENT;
  // RFC 9110 §13.1.2: MUST use the weak comparison function
  if (!tag || listed === 'none') return NO_MATCH;
  return read ? notModifiedForm(listed as EntityTag, tag) : MATCHED;
}

/** The 304 for a form of the tag. It carries that form, unless it would make a weak tag strong. */
function notModifiedForm(form: EntityTag, tag: EntityTag): Decision {
  const isOther = form !== tag && (isWeak(form) || !isWeak(tag));
  return isOther ? { ...NOT_MODIFIED, form } : NOT_MODIFIED;
}
