import { type Decision, decision } from './decision.ts';
import { isWeak } from './entity-tag.ts';
import { findInList, isAny } from './entity-tag-list.ts';
import type { ResourceState } from './resource-state.ts';

const MATCHED = /* @__PURE__ */ decision('proceed', 'if-match', 'matched');
const EXISTS = /* @__PURE__ */ decision('proceed', 'if-match', 'exists');
const NO_MATCH = /* @__PURE__ */ decision('failed', 'if-match', 'no-match');
const WEAK = /* @__PURE__ */ decision('failed', 'if-match', 'weak');
const ABSENT = /* @__PURE__ */ decision('failed', 'if-match', 'absent');
const MALFORMED = /* @__PURE__ */ decision('failed', 'if-match', 'malformed');

/**
 * Evaluates an `If-Match` field. A malformed one fails: a guard that cannot be read must not let a write through.
 *
 * @param current - null when there is no current representation
 * @param acceptWeakened - whether the weak form of a strong current tag matches; a deviation from the standard
 * @see RFC 9110 §13.1.1
 */
export function evaluateIfMatch(
  fieldValue: string,
  current: ResourceState | null,
  acceptWeakened: boolean | undefined,
): Decision {
  // RFC 9110 §13.1.1: "*" is true if the origin server has a current representation
  if (isAny(fieldValue)) return current ? EXISTS : ABSENT;
  const tag = current?.etag;
  if (fieldValue === tag && !isWeak(tag)) return MATCHED;
  const listed = findInList(fieldValue, tag ?? '""');
  if (listed === 'malformed') return MALFORMED;
  if (!current) return ABSENT;
  if (!tag || listed === 'none') return NO_MATCH;
  // RFC 9110 §13.1.1: MUST use the strong comparison function
  return isWeak(tag) || (isWeak(listed) && !acceptWeakened) ? WEAK : MATCHED;
}
