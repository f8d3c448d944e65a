import type { CurrentVersion } from './current-version.ts';
import { type Circumstances, reportRefusal } from './decision-event.ts';
import { type EntityTag, isWeak } from './entity-tag.ts';
import { isEtagError, PreconditionRequiredError } from './errors.ts';
import { parseHttpDate } from './http-date.ts';
import { takesPreconditions } from './method.ts';
import { mistake } from './mistake.ts';
import { checkWriteNames } from './options.ts';
import { fieldValue, type RequestHead } from './request-head.ts';
import { sentTags, type TagList } from './sent-tags.ts';
import { versionOf } from './version-tag.ts';
import type { PreconditionOptions } from './write.ts';

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
  /** One of these versions is the current one (`If-Match: "v6", "v7"`); an empty list never holds. */
  readonly oneOf?: readonly string[];
  /** None of these versions is the current one (`If-None-Match: "v6"`). */
  readonly noneOf?: readonly string[];
  /** No modification came after this time, in ms since the epoch (`If-Unmodified-Since`). */
  readonly unmodifiedSince?: number;
}

/** Whatever is stored, or nothing: the write is unconditional. */
export const any: Expectation = /* @__PURE__ */ Object.freeze({});

/** Something is stored, of whatever version. */
export const exists: Expectation = /* @__PURE__ */ Object.freeze({ exists: true });

/** Nothing is stored: the write creates. */
export const absent: Expectation = /* @__PURE__ */ Object.freeze({ absent: true });

/**
 * One of these versions is the current one.
 *
 * @param versions - as the store gave them; an empty list never holds
 * @returns the expectation
 */
export function oneOf(...versions: string[]): Expectation {
  return { oneOf: versions };
}

/**
 * None of these versions is the current one; holds where nothing is stored.
 *
 * @param versions - as the store gave them; an empty list always holds
 * @returns the expectation
 */
export function noneOf(...versions: string[]): Expectation {
  return { noneOf: versions };
}

const isTrue = (value: unknown) => value === true;
const isVersions = (value: unknown) => Array.isArray(value) && value.every((version) => typeof version === 'string');

/** What each member of an expectation may be. */
const MEMBERS: Readonly<Record<keyof Expectation, (value: unknown) => boolean>> = {
  exists: isTrue,
  absent: isTrue,
  oneOf: isVersions,
  noneOf: isVersions,
  unmodifiedSince: (value) => Number.isFinite(value),
};

/**
 * Checks what is given to a store as an expectation, so that a slip never becomes an unconditional write.
 *
 * @param expectation - anything
 * @throws TypeError for undefined, null, text, a member that expectations do not have, or a value that it cannot have
 */
export function checkExpectation(expectation: Expectation): void {
  if (Object.prototype.toString.call(expectation) !== '[object Object]') {
    throw mistake('an expectation', expectation, WANTED);
  }
  for (const member of Object.keys(expectation)) {
    const value = expectation[member as keyof Expectation];
    const isValid = Object.hasOwn(MEMBERS, member) && MEMBERS[member as keyof Expectation](value);
    if (!isValid) throw mistake('an expectation', expectation, WANTED, `{ ${member}: ${String(value)} }`);
  }
}

const WANTED = 'Give expectation(request), any, exists, absent, oneOf(...) or noneOf(...)';

/**
 * Whether an expectation holds.
 *
 * @param expectation - all of its members must hold
 * @param current - null when nothing is stored
 * @returns true when the write may go ahead
 * @throws TypeError when it is not an expectation
 * @see RFC 9110 §13.1
 */
export function holds(expectation: Expectation, current: CurrentVersion | null): boolean {
  checkExpectation(expectation);
  return failedMember(expectation, current) === null;
}

/**
 * The member of an expectation that does not hold, in the order of RFC 9110 §13.2.2.
 *
 * @param current - null when nothing is stored
 * @returns null when all of them hold
 */
export function failedMember(expectation: Expectation, current: CurrentVersion | null): keyof Expectation | null {
  const { exists, absent, oneOf, noneOf, unmodifiedSince } = expectation;
  if (!current) return exists ? 'exists' : oneOf ? 'oneOf' : null;
  if (oneOf?.includes(current.version) === false) return 'oneOf';
  if (modifiedAfter(unmodifiedSince, current.modified)) return 'unmodifiedSince';
  if (absent) return 'absent';
  return noneOf?.includes(current.version) ? 'noneOf' : null;
}

/** An HTTP-date has whole seconds, so the modification time is cut to one as well (RFC 9110 §5.6.7). */
function modifiedAfter(since: number | undefined, modified: number | undefined): boolean {
  // RFC 9110 §13.1.4: MUST ignore the date if the resource does not have a modification date available
  if (since === undefined || modified === undefined) return false;
  // A time that is not one is not known to be before the date: the write must not go through.
  return !(Math.floor(modified / 1000) * 1000 <= since);
}

/** How the preconditions of a write are read. */
export interface ExpectationOptions extends Omit<PreconditionOptions, 'timeout'> {}

/**
 * Turns the preconditions of a write into the expectation that the store checks. The tags are those of `versionTag`, or of
 * a codec, with or without a content coding; any other tag names no version and so never matches.
 *
 * @param sent - the method and the header fields
 * @param options - `require`: whether a precondition must be there; `acceptWeakened`: whether a tag that a proxy weakened
 *   counts as the strong one; @default false; `codec`: how tags name versions; @default that of `versionTag`
 * @param circumstances - who is told of a refusal
 * @returns an expectation; `{}`, which always holds, where no precondition applies
 * @throws PreconditionFailedError (412) when If-Match or If-None-Match is malformed: a guard that cannot be read must
 *   not let the write through
 * @throws PreconditionRequiredError (428) with `require`, when neither was sent or their lists are empty. A date alone
 *   is not enough: two writes within one second would both pass (RFC 9110 §8.8.2.2).
 * @throws TypeError for an option that there is not
 * @see RFC 9110 §13.2.2, RFC 6585 §3
 * @example
 * expectation({ method: 'PUT', headers: { 'if-match': '"v7"' } }); // { oneOf: ['7'] }
 */
export function expectation(
  sent: RequestHead,
  options?: ExpectationOptions,
  circumstances: Circumstances = { onDecision: options?.onDecision, handlerRan: true },
): Expectation {
  checkWriteNames(options);
  try {
    return read(options?.codec?.request(sent) ?? sent, options);
  } catch (error) {
    throw isEtagError(error) ? reportRefusal(sent, circumstances, error) : error;
  }
}

function read(request: RequestHead, options: ExpectationOptions | undefined): Expectation {
  // RFC 9110 §13.2.1: MUST ignore with a method that does not select or modify a representation
  if (!takesPreconditions(request.method)) return any;
  const ifMatch = sentTags(request, 'if-match');
  const ifNoneMatch = sentTags(request, 'if-none-match');
  // An empty list guards nothing.
  if (options?.require && !ifMatch?.length && !ifNoneMatch?.length) throw new PreconditionRequiredError();
  // RFC 9110 §13.2.2 steps 1 and 2: If-Match wins over If-Unmodified-Since
  const since = ifMatch ? null : parseHttpDate(fieldValue(request.headers, 'if-unmodified-since') ?? '');
  // The lists are as long as the peer makes them: no arguments of a call.
  return {
    ...(since !== null && { unmodifiedSince: since }),
    ...(ifMatch && (ifMatch === '*' ? exists : { oneOf: versionsOf(strongOf(ifMatch, options)) })),
    // RFC 9110 §13.2.2 step 3; §13.1.2: MUST use the weak comparison function
    ...(ifNoneMatch && (ifNoneMatch === '*' ? absent : { noneOf: versionsOf(ifNoneMatch) })),
  };
}

/** RFC 9110 §13.1.1: MUST use the strong comparison function, unless the application says otherwise. */
function strongOf(tags: EntityTag[], options: ExpectationOptions | undefined): EntityTag[] {
  return options?.acceptWeakened ? tags : tags.filter((tag) => !isWeak(tag));
}

function versionsOf(tags: Exclude<TagList, '*'>): string[] {
  return tags.flatMap((tag) => versionOf(tag) ?? []);
}
