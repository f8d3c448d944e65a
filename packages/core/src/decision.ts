import type { EntityTag } from './entity-tag.ts';

/** The request header fields that carry a precondition (RFC 9110 §13.1), If-Range aside. */
export type PreconditionField = 'if-match' | 'if-none-match' | 'if-modified-since' | 'if-unmodified-since';

/**
 * Why a decision was taken:
 *
 * - `none`: no precondition was sent, or none applies
 * - `matched`, `no-match`: a listed tag is the current one, or none is
 * - `weak`: a listed tag names the current one, but one of the two is weak and the field compares strongly
 * - `exists`, `absent`: there is a current representation, or there is none
 * - `modified`, `unmodified`: the date was compared
 * - `malformed`: the field value does not parse
 */
export type Reason =
  | 'none'
  | 'matched'
  | 'no-match'
  | 'weak'
  | 'exists'
  | 'absent'
  | 'modified'
  | 'unmodified'
  | 'malformed';

/** What the preconditions of a request come to. Without a form it is frozen, and shared by requests: compare its members. */
export interface Decision {
  /** `proceed`: perform the method. `not-modified`: answer 304. `failed`: answer 412. */
  readonly outcome: 'proceed' | 'not-modified' | 'failed';
  /** The field that decided, in lower case; null when none did. */
  readonly field: PreconditionField | null;
  readonly reason: Reason;
  /**
   * Of a 304, the form in which If-None-Match named the current tag, where it is not the tag itself: that of a coded
   * representation (`"v7-gzip"`), or a weakened one. Null otherwise.
   */
  readonly form: EntityTag | null;
}

export function decision<const D extends Omit<Decision, 'form'>>(
  outcome: D['outcome'],
  field: D['field'],
  reason: D['reason'],
): Decision {
  return Object.freeze({ outcome, field, reason, form: null });
}

/** No precondition applies: perform the method. */
export const UNCONDITIONAL = /* @__PURE__ */ decision('proceed', null, 'none');
