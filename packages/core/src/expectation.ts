import { decision } from './decision.js';
import { parseEntityTagList } from './entity-tag-list.js';
import { isWeak } from './entity-tag.js';
import { PreconditionFailedError, PreconditionRequiredError } from './errors.js';
import { parseHttpDate } from './http-date.js';
import { takesPreconditions } from './method.js';
import { fieldValue, type RequestHead } from './request-head.js';
import { lastModifiedSecond } from './resource-state.js';
import { versionOf } from './version-tag.js';

/**
 * What a conditional write expects of the stored version: the preconditions of a request in the store's own terms.
 * A store evaluates it and writes in one atomic step.
 */
export type Expectation =
  | { readonly kind: 'any' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'one-of'; readonly versions: readonly string[] }
  | { readonly kind: 'none-of'; readonly versions: readonly string[] }
  | { readonly kind: 'unmodified-since'; readonly time: number }
  | { readonly kind: 'all'; readonly of: readonly Expectation[] };

/** Expects nothing: the write is unconditional. */
export const any: Expectation = Object.freeze({ kind: 'any' });
/** Expects that the resource exists (`If-Match: *`). */
export const exists: Expectation = Object.freeze({ kind: 'exists' });
/** Expects that it does not (`If-None-Match: *`). */
export const absent: Expectation = Object.freeze({ kind: 'absent' });
/** Expects that one of these versions is the current one (`If-Match: "v6", "v7"`). */
export const oneOf = (...versions: string[]): Expectation => ({ kind: 'one-of', versions });
/** Expects that none of these versions is the current one (`If-None-Match: "v6"`). */
export const noneOf = (...versions: string[]): Expectation => ({ kind: 'none-of', versions });
/** Expects no modification after a time in ms since the epoch (`If-Unmodified-Since`). */
export const unmodifiedSince = (time: number): Expectation => ({ kind: 'unmodified-since', time });
/** Expects all of these at once; nothing where there are none. */
export const allOf = (...of: Expectation[]): Expectation => (of.length === 0 ? any : of.length === 1 ? (of[0] as Expectation) : { kind: 'all', of });

/** What a store knows of the current state when it evaluates an expectation. */
export interface CurrentVersion {
  readonly version: string;
  /** When it was last written, in ms since the epoch; absent where the store does not keep it. */
  readonly modified?: number | undefined;
}

/**
 * Whether an expectation holds.
 *
 * @param current - null when nothing is stored
 */
export function holds(expectation: Expectation, current: CurrentVersion | null): boolean {
  switch (expectation.kind) {
    case 'any':
      return true;
    case 'exists':
      return current !== null;
    case 'absent':
      return current === null;
    case 'one-of':
      return current !== null && expectation.versions.includes(current.version);
    case 'none-of':
      return current === null || !expectation.versions.includes(current.version);
    case 'unmodified-since': {
      // RFC 9110 §13.1.4: MUST ignore if the resource does not have a modification date available
      const modified = current && lastModifiedSecond({ lastModified: current.modified });
      return modified === null || modified <= expectation.time;
    }
    case 'all':
      return expectation.of.every((each) => holds(each, current));
  }
}

export interface GuardOptions {
  /** Whether a request without If-Match or If-None-Match is refused with 428. @default false */
  require?: boolean | undefined;
}

/**
 * Turns the preconditions of a write into the expectation that the store checks. The tags are those of `versionTag`, with
 * or without a content coding; any other tag names no version and so never matches.
 *
 * @param request - the method and the header fields
 * @throws PreconditionFailedError (412) when If-Match or If-None-Match is malformed: a guard that cannot be read must
 *   not let the write through
 * @throws PreconditionRequiredError (428) with `require`, when neither was sent. A date alone does not do: two writes
 *   within one second would both pass (RFC 9110 §8.8.2.2).
 * @see RFC 9110 §13.2.2, RFC 6585 §3
 * @example
 * guard({ method: 'PUT', headers: { 'if-match': '"v7"' } }); // { kind: 'one-of', versions: ['7'] }
 */
export function guard(request: RequestHead, options?: GuardOptions): Expectation {
  const { method, headers } = request;
  if (!takesPreconditions(method)) return any;
  const ifMatch = fieldValue(headers, 'if-match');
  const ifNoneMatch = fieldValue(headers, 'if-none-match');
  if (options?.require && !ifMatch && !ifNoneMatch) throw new PreconditionRequiredError();
  const expected: Expectation[] = [];
  // RFC 9110 §13.2.2 steps 1 and 2: If-Match wins over If-Unmodified-Since
  if (ifMatch !== null) {
    const versions = listedVersions(ifMatch, 'if-match');
    expected.push(versions === '*' ? exists : oneOf(...versions));
  } else {
    const since = parseHttpDate(fieldValue(headers, 'if-unmodified-since') ?? '');
    if (since !== null) expected.push(unmodifiedSince(since));
  }
  // RFC 9110 §13.2.2 step 3
  if (ifNoneMatch !== null) {
    const versions = listedVersions(ifNoneMatch, 'if-none-match');
    expected.push(versions === '*' ? absent : noneOf(...versions));
  }
  return allOf(...expected);
}

/** The versions that a list of tags names: strong tags alone for If-Match (RFC 9110 §13.1.1), all for If-None-Match. */
function listedVersions(list: string, field: 'if-match' | 'if-none-match'): '*' | string[] {
  const tags = parseEntityTagList(list);
  if (tags === null) throw new PreconditionFailedError(decision('failed', field, 'malformed'), null);
  if (tags === '*') return '*';
  const usable = field === 'if-match' ? tags.filter((tag) => !isWeak(tag)) : tags;
  return usable.map(versionOf).filter((version) => version !== null);
}
