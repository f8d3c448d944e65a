import { type Decision, decision } from './decision.ts';
import { modifiedSince, type ResourceState } from './resource-state.ts';

const UNMODIFIED = /* @__PURE__ */ decision('proceed', 'if-unmodified-since', 'unmodified');
const MODIFIED = /* @__PURE__ */ decision('failed', 'if-unmodified-since', 'modified');

/**
 * Evaluates an `If-Unmodified-Since` field of a request without `If-Match`.
 *
 * @returns null when the field must be ignored: no HTTP-date, or no modification date to compare with
 * @see RFC 9110 §13.1.4
 */
export function evaluateIfUnmodifiedSince(fieldValue: string, current: ResourceState | null): Decision | null {
  const modified = modifiedSince(fieldValue, current);
  return modified === null ? null : modified ? MODIFIED : UNMODIFIED;
}
