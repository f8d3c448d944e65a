import { type Decision, decision } from './decision.ts';
import { modifiedSince, type ResourceState } from './resource-state.ts';

const MODIFIED = /* @__PURE__ */ decision('proceed', 'if-modified-since', 'modified');
const UNMODIFIED = /* @__PURE__ */ decision('not-modified', 'if-modified-since', 'unmodified');

/**
 * Evaluates an `If-Modified-Since` field of a read without `If-None-Match`.
 *
 * @returns null when the field must be ignored: no HTTP-date, or no modification date to compare with
 * @see RFC 9110 §13.1.3
 */
export function evaluateIfModifiedSince(fieldValue: string, current: ResourceState | null): Decision | null {
  const modified = modifiedSince(fieldValue, current);
  return modified === null ? null : modified ? MODIFIED : UNMODIFIED;
}
