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
 * What a conditional write expects of the stored version: the preconditions of a request in the store's own terms. Every
 * member that is there must hold; an empty expectation always does. A store evaluates it and writes in one atomic step.
 */
export interface Expectation {
  /** Something is stored (`If-Match: *`). */
  readonly exists?: true;
  /** Nothing is stored (`If-None-Match: *`). */
  readonly absent?: true;
  /** One of these versions is the current one (`If-Match: "v6", "v7"`). */
  readonly oneOf?: readonly string[];
  /** None of these versions is the current one (`If-None-Match: "v6"`). */
  readonly noneOf?: readonly string[];
  /** No modification came after this time, in ms since the epoch (`If-Unmodified-Since`). */
  readonly unmodifiedSince?: number;
}

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
  const { exists, absent, oneOf, noneOf, unmodifiedSince } = expectation;
  if (!current) return !exists && !oneOf;
  // RFC 9110 §13.1.4: MUST ignore the date if the resource does not have a modification date available
  const modified = lastModifiedSecond({ lastModified: current.modified });
  return (
    !absent &&
    (!oneOf || oneOf.includes(current.version)) &&
    !noneOf?.includes(current.version) &&
    (modified === null || unmodifiedSince === undefined || modified <= unmodifiedSince)
  );
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
 * guard({ method: 'PUT', headers: { 'if-match': '"v7"' } }); // { oneOf: ['7'] }
 */
export function guard(request: RequestHead, options?: GuardOptions): Expectation {
  const { method, headers } = request;
  if (!takesPreconditions(method)) return {};
  const ifMatch = fieldValue(headers, 'if-match');
  const ifNoneMatch = fieldValue(headers, 'if-none-match');
  if (options?.require && !ifMatch && !ifNoneMatch) throw new PreconditionRequiredError();
  // RFC 9110 §13.2.2 steps 1 and 2: If-Match wins over If-Unmodified-Since
  const since = ifMatch === null ? parseHttpDate(fieldValue(headers, 'if-unmodified-since') ?? '') : null;
  const matching = ifMatch === null ? null : listedVersions(ifMatch, 'if-match');
  // RFC 9110 §13.2.2 step 3
  const excluded = ifNoneMatch === null ? null : listedVersions(ifNoneMatch, 'if-none-match');
  return {
    ...(since !== null && { unmodifiedSince: since }),
    ...(matching && (matching === '*' ? { exists: true } : { oneOf: matching })),
    ...(excluded && (excluded === '*' ? { absent: true } : { noneOf: excluded })),
  };
}

/** The versions that a list of tags names: strong tags alone for If-Match (RFC 9110 §13.1.1), all for If-None-Match. */
function listedVersions(list: string, field: 'if-match' | 'if-none-match'): '*' | string[] {
  const tags = parseEntityTagList(list);
  if (tags === null) throw new PreconditionFailedError(decision('failed', field, 'malformed'), null);
  if (tags === '*') return tags;
  return tags.flatMap((tag) => (field === 'if-match' && isWeak(tag) ? [] : (versionOf(tag) ?? [])));
}
