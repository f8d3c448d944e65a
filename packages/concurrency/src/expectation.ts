import {
  fieldValue,
  isWeak,
  PreconditionFailedError,
  type PreconditionOptions,
  parseEntityTagList,
  parseHttpDate,
  type RequestHead,
  requirePrecondition,
  versionOf,
} from '@etag/core';

/**
 * What a conditional write expects of the stored version: the preconditions of a request in the store's own terms.
 * Every member that is there must hold; an empty expectation always does. A store evaluates it and writes in one atomic
 * step.
 */
export interface Expectation {
  /** Something is stored (`If-Match: *`). */
  readonly exists?: true;
  /** Nothing is stored (`If-None-Match: *`). */
  readonly absent?: true;
  /** One of these versions is the current one (`If-Match: "v6", "v7"`); none of an empty list ever is. */
  readonly oneOf?: readonly string[];
  /** None of these versions is the current one (`If-None-Match: "v6"`). */
  readonly noneOf?: readonly string[];
  /** No modification came after this time, in ms since the epoch (`If-Unmodified-Since`). */
  readonly unmodifiedSince?: number;
}

/** Whatever is stored, or nothing: the write is unconditional. */
export const any: Expectation = Object.freeze({});

/** Something is stored, of whatever version. */
export const exists: Expectation = Object.freeze({ exists: true });

/** Nothing is stored: the write creates. */
export const absent: Expectation = Object.freeze({ absent: true });

/**
 * One of these versions is the current one.
 *
 * @param versions - as the store gave them; none at all never holds
 */
export function oneOf(...versions: string[]): Expectation {
  return { oneOf: versions };
}

/**
 * None of these versions is the current one; holds where nothing is stored.
 *
 * @param versions - as the store gave them; none at all always holds
 */
export function noneOf(...versions: string[]): Expectation {
  return { noneOf: versions };
}

/** What a store knows of the current state when it evaluates an expectation. */
export interface CurrentVersion {
  /** Names this state of the key and never another one; opaque to everybody but the store. */
  readonly version: string;
  /** When it was last written, in ms since the epoch; absent where the store does not keep it. */
  readonly modified?: number | undefined;
}

/**
 * Whether an expectation holds.
 *
 * @param expectation - all of its members must hold
 * @param current - null when nothing is stored
 * @returns true when the write may go ahead
 * @see RFC 9110 §13.1
 */
export function holds(expectation: Expectation, current: CurrentVersion | null): boolean {
  if (!current) return !expectation.exists && !expectation.oneOf;
  return (
    !expectation.absent &&
    expectation.oneOf?.includes(current.version) !== false &&
    expectation.noneOf?.includes(current.version) !== true &&
    !modifiedAfter(expectation.unmodifiedSince, current.modified)
  );
}

/** An HTTP-date has whole seconds, so the modification time is cut to one as well (RFC 9110 §5.6.7). */
function modifiedAfter(since: number | undefined, modified: number | undefined): boolean {
  // RFC 9110 §13.1.4: MUST ignore the date if the resource does not have a modification date available
  if (since === undefined || modified === undefined) return false;
  return Math.floor(modified / 1000) * 1000 > since;
}

/** How strict a guard is. */
export type GuardOptions = PreconditionOptions;

/**
 * Turns the preconditions of a write into the expectation that the store checks. The tags are those of `versionTag`,
 * with or without a content coding; any other tag names no version and so never matches.
 *
 * @param request - the method and the header fields
 * @param options - `require`: whether a precondition must be there; @default false
 * @returns an expectation; `{}`, which always holds, where no precondition applies
 * @throws PreconditionFailedError (412) when If-Match or If-None-Match is malformed: a guard that cannot be read must
 *   not let the write through
 * @throws PreconditionRequiredError (428) with `require`, when neither was sent or their lists are empty. A date alone
 *   does not do: two writes within one second would both pass (RFC 9110 §8.8.2.2).
 * @see RFC 9110 §13.2.2, RFC 6585 §3
 * @example
 * guard({ method: 'PUT', headers: { 'if-match': '"v7"' } }); // { oneOf: ['7'] }
 */
export function guard(request: RequestHead, options?: GuardOptions): Expectation {
  // RFC 9110 §13.2.1: MUST ignore with a method that does not select or modify a representation
  if (['CONNECT', 'OPTIONS', 'TRACE'].includes(request.method)) return any;
  if (options?.require) requirePrecondition(request);
  const ifMatch = tagList(request, 'if-match');
  const ifNoneMatch = tagList(request, 'if-none-match');
  // RFC 9110 §13.2.2 steps 1 and 2: If-Match wins over If-Unmodified-Since
  const since = ifMatch ? null : parseHttpDate(fieldValue(request.headers, 'if-unmodified-since') ?? '');
  return {
    ...(since !== null && { unmodifiedSince: since }),
    // RFC 9110 §13.1.1: MUST use the strong comparison function
    ...(ifMatch && (ifMatch === '*' ? exists : oneOf(...versionsOf(ifMatch.filter((tag) => !isWeak(tag)))))),
    // RFC 9110 §13.2.2 step 3; §13.1.2: MUST use the weak comparison function
    ...(ifNoneMatch && (ifNoneMatch === '*' ? absent : noneOf(...versionsOf(ifNoneMatch)))),
  };
}

type TagList = NonNullable<ReturnType<typeof parseEntityTagList>>;

/** The tags that a field lists; null when it was not sent. */
function tagList(request: RequestHead, field: 'if-match' | 'if-none-match'): TagList | null {
  const value = fieldValue(request.headers, field);
  const tags = value === null ? null : parseEntityTagList(value);
  if (value === null || tags) return tags;
  throw new PreconditionFailedError(request.method, { outcome: 'failed', field, reason: 'malformed' }, {});
}

function versionsOf(tags: Exclude<TagList, '*'>): string[] {
  return tags.flatMap((tag) => versionOf(tag) ?? []);
}
