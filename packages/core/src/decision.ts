/** The request header fields that carry a precondition (RFC 9110 §13.1), If-Range aside. */
export type PreconditionField = 'if-match' | 'if-none-match' | 'if-modified-since' | 'if-unmodified-since';

/**
 * Why a decision fell as it did:
 *
 * - `none`: no precondition was sent, or none applies
 * - `matched`, `no-match`: a listed tag is the current one, or none is
 * - `weak`: a listed tag names the current one, but one of the two is weak and the field compares strongly
 * - `exists`, `absent`: there is a current representation, or there is none
 * - `modified`, `unmodified`: the date was compared
 * - `malformed`: the field value does not parse
 * - `required`: no precondition was sent where one is required
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
  | 'malformed'
  | 'required';

/** What the preconditions of a request come to. One of a few shared frozen objects: compare fields, never mutate. */
export interface Decision {
  /** `proceed`: perform the method. `not-modified`: answer 304. `failed`: answer 412, or 428 where one is required. */
  readonly outcome: 'proceed' | 'not-modified' | 'failed';
  /** The field that decided, in lower case; null when none did. */
  readonly field: PreconditionField | null;
  readonly reason: Reason;
}

export function decision<const D extends Decision>(
  outcome: D['outcome'],
  field: D['field'],
  reason: D['reason'],
): Decision {
  return Object.freeze({ outcome, field, reason });
}

/** No precondition applies: perform the method. */
export const UNCONDITIONAL = decision('proceed', null, 'none');
