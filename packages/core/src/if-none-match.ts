import { type Decision, decision } from './decision.js';
import { findInList, findInSafeList, isAny } from './entity-tag-list.js';
import { currentTag, type ResourceState } from './resource-state.js';

const NO_MATCH = decision('proceed', 'if-none-match', 'no-match');
const ABSENT = decision('proceed', 'if-none-match', 'absent');
const IGNORED = decision('proceed', 'if-none-match', 'malformed');
const NOT_MODIFIED = decision('not-modified', 'if-none-match', 'matched');
const NOT_MODIFIED_ANY = decision('not-modified', 'if-none-match', 'exists');
const MATCHED = decision('failed', 'if-none-match', 'matched');
const EXISTS = decision('failed', 'if-none-match', 'exists');
const MALFORMED = decision('failed', 'if-none-match', 'malformed');

/**
 * Evaluates an `If-None-Match` field. A malformed one is ignored on a safe method (a full response does no harm) and
 * fails on any other.
 *
 * @param safe - whether the method is GET, HEAD or QUERY
 * @param current - null when there is no current representation
 * @see RFC 9110 §13.1.2
 */
export function evaluateIfNoneMatch(fieldValue: string, safe: boolean, current: ResourceState | null): Decision {
  // By itself, so that the engine inlines it: most requests end here. A current tag is checked in full wherever it is not
  // the very value of the field; an unquoted one is told by its end.
  const isHit = safe && fieldValue === current?.etag && fieldValue.endsWith('"');
  return isHit ? NOT_MODIFIED : evaluateOther(fieldValue, safe, current);
}

/** A list, another tag, or no list of tags at all. */
function evaluateOther(fieldValue: string, safe: boolean, current: ResourceState | null): Decision {
  const tag = current && currentTag(current);
  const listed = safe ? findInSafeList(fieldValue, tag ?? '""') : findInList(fieldValue, tag ?? '""');
  if (listed === 'malformed') {
    if (!isAny(fieldValue)) return safe ? IGNORED : MALFORMED;
    // RFC 9110 §13.1.2: "*" is false if the origin server has a current representation
    if (current) return safe ? NOT_MODIFIED_ANY : EXISTS;
  }
  if (!current) return ABSENT;
  // RFC 9110 §13.1.2: MUST use the weak comparison function
  if (!tag || listed === 'none') return NO_MATCH;
  return safe ? NOT_MODIFIED : MATCHED;
}
